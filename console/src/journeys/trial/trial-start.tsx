import { type JourneyDetail, type Output, sampleTrigger, type TrialPeople, trialInputSchema, trialPeopleMax } from '@chaoxi/contract'
import { App, Button, Input, InputNumber, Segmented, Select, Tooltip } from 'antd'
import { type ReactNode, useMemo, useState } from 'react'
import { useEndpoint, useMutate } from '../../api/hooks.ts'
import { useT } from '../../i18n/index.ts'
import { useCan } from '../../shell/me.ts'
import { ErrorState, personName, uiTexts } from '../../ui/index.ts'
import type { DraftSession } from '../canvas/use-draft.ts'
import { useJourneyNaming } from '../words/use-journey-naming.ts'
import { RecipientsDialog } from './recipients.tsx'
import { trialTexts } from './texts.ts'
import { traitWords } from './words.ts'

const speeds = [1, 60, 1_440, 2_880] as const
const everybody = ''
/** Chosen people who are shown before the start. */
const shownMax = 8

function sampleOf(text: string) {
  try {
    return trialInputSchema.shape.sample.safeParse(JSON.parse(text)).data ?? null
  } catch {
    return null
  }
}

/** Who walks, how fast, and where messages go. */
export function TrialStart({
  journey,
  session,
  onStarted,
}: {
  journey: JourneyDetail
  session: DraftSession
  onStarted: (id: string) => void
}) {
  const t = useT(trialTexts)
  const { message } = App.useApp()
  const canWrite = useCan('journeys.write')
  const { definition } = session.draft
  const made = useMemo(() => sampleTrigger(definition), [definition])
  const segments = useEndpoint('segments').data
  const recipients = useEndpoint('testRecipients').data?.items ?? []
  const ask = useMutate('journeyTry', { refresh: ['journeyTrials', 'journey'] })
  const choice = useMutate('journeyTrialChoice')
  const [kind, setKind] = useState<'choose' | 'users'>('choose')
  const [count, setCount] = useState(20)
  const [segment, setSegment] = useState(everybody)
  const [userIds, setUserIds] = useState('')
  const [speed, setSpeed] = useState<number>(1_440)
  const [ways, setWays] = useState<'facts' | 'cover'>('facts')
  const [to, setTo] = useState<readonly string[]>([])
  const [most, setMost] = useState(5)
  const [trigger, setTrigger] = useState<'own' | 'sample'>('own')
  const [sample, setSample] = useState<string | null>(null)
  const [managing, setManaging] = useState(false)
  const sampleText = sample ?? JSON.stringify(made.properties, null, 1)
  const properties = sampleOf(sampleText)
  const ids = userIds
    .split(/[\n,，]/)
    .map((one) => one.trim())
    .filter((one) => one !== '')
  const people: TrialPeople = kind === 'users' ? { kind, userIds: ids } : { kind, count, ...(segment === everybody ? {} : { segment }) }
  const unsaved = session.state !== 'saved'
  const wrong = properties === null ? t('sampleWrong') : unsaved ? t('unsaved') : ''
  async function start() {
    try {
      const body = {
        people,
        speed,
        ways,
        recipients: [...to],
        sendsPerRecipient: most,
        trigger,
        ...(properties === null ? {} : { sample: properties }),
      }
      onStarted((await ask.mutateAsync({ params: { id: journey.id }, body })).id)
      message.success(t('started'))
    } catch {
      // Shown below.
    }
  }
  return (
    <div className="trial-start">
      <Line label={t('people')}>
        <Segmented
          value={kind}
          onChange={setKind}
          options={[
            { value: 'choose', label: t('choose') },
            { value: 'users', label: t('byHand') },
          ]}
        />
        {kind === 'choose' ? (
          <>
            <InputNumber aria-label={t('count')} min={1} max={trialPeopleMax} value={count} onChange={(value) => setCount(value ?? 1)} />
            <Select
              aria-label={t('among')}
              value={segment}
              onChange={setSegment}
              style={{ minWidth: 140 }}
              options={[
                { value: everybody, label: t('everyone') },
                ...(segments?.items ?? []).map((one) => ({ value: one.key, label: one.name })),
              ]}
            />
            <Button
              loading={choice.isPending}
              disabled={!canWrite || unsaved}
              onClick={() => choice.mutate({ params: { id: journey.id }, body: { people } })}
            >
              {t('preview')}
            </Button>
          </>
        ) : (
          <Input.TextArea
            aria-label={t('userIds')}
            placeholder={t('userIds')}
            autoSize={{ minRows: 1, maxRows: 6 }}
            value={userIds}
            onChange={(event) => setUserIds(event.target.value)}
            style={{ width: 320 }}
          />
        )}
      </Line>
      {choice.error && <ErrorState error={choice.error} />}
      {kind === 'choose' && choice.data && <Chosen choice={choice.data} definition={definition} />}
      <Line label={t('speed')}>
        <Segmented value={speed} onChange={setSpeed} options={speeds.map((value) => ({ value, label: t(`speed_${value}`) }))} />
      </Line>
      <Line label={t('ways')}>
        <Tooltip title={t('coverHint')}>
          <Segmented
            value={ways}
            onChange={setWays}
            options={[
              { value: 'facts', label: t('facts') },
              { value: 'cover', label: t('cover') },
            ]}
          />
        </Tooltip>
      </Line>
      {made.editable && (
        <Line label={t('trigger')}>
          <Segmented
            value={trigger}
            onChange={setTrigger}
            options={[
              { value: 'own', label: t('triggerOwn') },
              { value: 'sample', label: t('triggerSample') },
            ]}
          />
          <Input.TextArea
            aria-label={t('sampleLabel')}
            className="trial-sample"
            autoSize={{ minRows: 1, maxRows: 8 }}
            status={properties === null ? 'error' : ''}
            value={sampleText}
            onChange={(event) => setSample(event.target.value)}
          />
        </Line>
      )}
      <Line label={t('recipients')}>
        <Select
          mode="multiple"
          aria-label={t('recipients')}
          placeholder={t('contentOnly')}
          value={[...to]}
          onChange={setTo}
          style={{ minWidth: 260 }}
          options={recipients.map((one) => ({ value: one.id, label: `${one.name} · ${t(one.channel)}` }))}
        />
        <Button type="link" onClick={() => setManaging(true)}>
          {t('manage')}
        </Button>
        {to.length > 0 && (
          <span className="muted">
            {t('perRecipient')}{' '}
            <InputNumber
              aria-label={t('perRecipient')}
              min={1}
              max={100}
              size="small"
              value={most}
              onChange={(value) => setMost(value ?? 1)}
            />{' '}
            {t('perRecipientUnit')}
          </span>
        )}
      </Line>
      <div className="row">
        <Tooltip title={wrong}>
          <Button
            type="primary"
            disabled={!canWrite || wrong !== '' || (kind === 'users' && ids.length === 0)}
            loading={ask.isPending}
            onClick={() => void start()}
            data-try
          >
            {t('start')}
          </Button>
        </Tooltip>
      </div>
      {ask.error && <ErrorState error={ask.error} />}
      {managing && <RecipientsDialog onClose={() => setManaging(false)} />}
    </div>
  )
}

function Line({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className="trial-line">
      <span className="trial-label">{label}</span>
      <div className="row">{children}</div>
    </div>
  )
}

function Chosen({ choice, definition }: { choice: Output<'journeyTrialChoice'>; definition: JourneyDetail['draft'] }) {
  const t = useT(trialTexts)
  const ui = useT(uiTexts)
  const naming = useJourneyNaming()
  const words = (traits: readonly Parameters<typeof traitWords>[0][]) =>
    traits.map((trait) => traitWords(trait, definition, naming)).join('、')
  return (
    <div className="trial-chosen" data-chosen>
      <div>{t('previewTitle', { candidates: choice.candidates, count: choice.people.length })}</div>
      {choice.people.slice(0, shownMax).map(({ person, reasons }) => (
        <div key={person.id}>
          <b>{personName(person, ui)}</b> <span className="muted">{words(reasons)}</span>
        </div>
      ))}
      {choice.people.length > shownMax && <div className="muted">…</div>}
      {choice.missing.length > 0 && <div className="bad">{t('missingTitle', { traits: words(choice.missing) })}</div>}
    </div>
  )
}
