import { attemptsOf, compareJourneys, isDifferent, type JourneyDetail } from '@chaoxi/contract'
import { Button, Modal, Select, Tooltip } from 'antd'
import { useState } from 'react'
import { useEndpoint, useMutate } from '../../api/hooks.ts'
import { useT } from '../../i18n/index.ts'
import { ToneText, uiTexts, useRun } from '../../ui/index.ts'
import type { DraftSession } from '../canvas/use-draft.ts'
import { insideTexts } from '../words/inside-texts.ts'
import { releaseTexts } from '../words/release-texts.ts'
import { journeyTexts } from '../words/texts.ts'
import { reentryWords, triggerSentence } from '../words/trigger-words.ts'
import { useJourneyNaming } from '../words/use-journey-naming.ts'
import { type InsideChoice, InsideFields } from './inside.tsx'
import { reviewBlocks } from './review.tsx'

const refresh = ['journey', 'journeys', 'overview', 'effects'] as const
/** Per cent; 100 is everyone. */
const shares = [1, 5, 10, 20, 30, 50, 100]

/** To how many of those who come in. */
function ShareSelect({ value, onChange }: { value: number; onChange: (share: number) => void }) {
  const t = useT(releaseTexts)
  const choices = [...new Set([...shares, value])].sort((a, b) => a - b)
  return (
    <Select
      aria-label={t('releaseTo')}
      value={value}
      onChange={onChange}
      options={choices.map((share) => ({ value: share, label: share === 100 ? t('releaseAll') : t('releaseSome', { share }) }))}
      style={{ width: 240 }}
    />
  )
}

/** Who takes those whom the share leaves out, should the draft be published now. */
const baseNow = (journey: JourneyDetail): number | null => (journey.share === 100 ? journey.version : journey.baseVersion)

/** In the header, while a version is released to a share. */
export function ReleaseLine({ journey }: { journey: JourneyDetail }) {
  const t = useT(releaseTexts)
  if (journey.version === null || journey.share === 100) return null
  const { share, baseVersion: base } = journey
  return (
    <>
      {' · '}
      <ToneText tone="warn">{base === null ? t('grayLine', { share }) : t('grayBase', { share, base })}</ToneText>
    </>
  )
}

/** Releases the live version to more of those who come in, or fewer. */
export function ShareAction({ journey }: { journey: JourneyDetail }) {
  const t = useT(releaseTexts)
  const ui = useT(uiTexts)
  const run = useRun()
  const change = useMutate('journeyShare', { refresh })
  const [share, setShare] = useState<number | null>(null)
  if (journey.share === 100 || journey.version === null) return null
  const send = async () => {
    if (await run(() => change.mutateAsync({ params: { id: journey.id }, body: { share: share ?? journey.share } }), t('raised')))
      setShare(null)
  }
  return (
    <>
      <Button onClick={() => setShare(journey.share)}>{t('raise')}</Button>
      <Modal
        open={share !== null}
        title={t('raiseTitle', { name: journey.name, version: journey.version })}
        okText={t('raiseDo')}
        cancelText={ui('cancel')}
        okButtonProps={{ disabled: share === journey.share, loading: change.isPending }}
        onOk={() => void send()}
        onCancel={() => setShare(null)}
      >
        <div className="stack">
          <ShareSelect value={share ?? journey.share} onChange={setShare} />
          <p className="muted">{t('raiseText')}</p>
        </div>
      </Modal>
    </>
  )
}

/** Publishing says what starts, what goes out and to how many, before it does it. */
export function Publish({ journey, session, problems }: { journey: JourneyDetail; session: DraftSession; problems: number }) {
  const t = useT(journeyTexts)
  const r = useT(releaseTexts)
  const { draft } = session
  const [open, setOpen] = useState(false)
  const same = journey.live !== null && !isDifferent(compareJourneys(draft.definition, journey.live))
  const label = t(journey.live === null ? 'publish' : 'republish')
  const review = reviewBlocks(journey)
  const blocked =
    problems > 0
      ? t('publishBlocked', { count: problems })
      : same
        ? t('compareSame')
        : session.state !== 'saved'
          ? t('publishUnsaved')
          : review !== null
            ? r(review)
            : null
  if (blocked !== null) {
    return (
      <Tooltip title={blocked} placement="bottomRight">
        <Button type="primary" disabled>
          {label}
        </Button>
      </Tooltip>
    )
  }
  return (
    <>
      <Button type="primary" onClick={() => setOpen(true)}>
        {label}
      </Button>
      {open && <PublishDialog journey={journey} session={session} onClose={() => setOpen(false)} />}
    </>
  )
}

function PublishDialog({ journey, session: { draft }, onClose }: { journey: JourneyDetail; session: DraftSession; onClose: () => void }) {
  const t = useT(journeyTexts)
  const r = useT(releaseTexts)
  const ui = useT(uiTexts)
  const i = useT(insideTexts)
  const naming = useJourneyNaming()
  const run = useRun()
  const publish = useMutate('journeyPublish', { refresh })
  const [share, setShare] = useState(100)
  const inside = useEndpoint('journeyInside', { params: { id: journey.id } }, { enabled: journey.active > 0 }).data
  const lead = useMutate('journeyInsidePlan', { refresh: [...refresh, 'journeyInside'] })
  const [plan, setPlan] = useState<InsideChoice>(null)
  const number = Math.max(0, ...journey.versions.map(({ version }) => version)) + 1
  const sends = (channel: 'sms' | 'popup') =>
    draft.definition.nodes.filter((node) => node.kind === 'send' && attemptsOf(node).some((attempt) => attempt.channel === channel)).length
  const base = baseNow(journey)
  const send = async () => {
    const params = { id: journey.id }
    const publishAll = async () => {
      await publish.mutateAsync({ params, query: { share } })
      if (plan !== null && share === 100) await lead.mutateAsync({ params, body: plan })
    }
    if (await run(publishAll, t('published'))) onClose()
  }
  return (
    <Modal
      open
      title={t('publishTitle', { name: draft.name, version: number })}
      okText={t('publishDo')}
      cancelText={ui('cancel')}
      okButtonProps={{ loading: publish.isPending }}
      onOk={() => void send()}
      onCancel={onClose}
    >
      <ul className="publish-facts">
        <li>{t('publishStart', { trigger: triggerSentence(draft.definition.trigger, naming) })}</li>
        <li>{t('publishSends', { sms: sends('sms'), popup: sends('popup') })}</li>
        <li>{t('publishReentry', { reentry: reentryWords(draft.definition.reentry, naming.language) })}</li>
        <li>{t('publishGate')}</li>
      </ul>
      <div className="row">
        {r('releaseTo')} <ShareSelect value={share} onChange={setShare} />
      </div>
      {inside !== undefined && journey.active > 0 && share === 100 && (
        <InsideFields inside={inside} definition={draft.definition} version={number} value={plan} onChange={setPlan} />
      )}
      {journey.active > 0 && share < 100 && <p className="muted">{i('grayHint')}</p>}
      {share < 100 && <p className="muted">{base === null ? r('releaseFirst') : r('releaseBeside', { base })}</p>}
    </Modal>
  )
}
