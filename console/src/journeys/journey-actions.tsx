import type { JourneyDetail } from '@chaoxi/contract'
import { Button, Tooltip } from 'antd'
import { useMutate } from '../api/hooks.ts'
import { useLanguage, useT } from '../i18n/index.ts'
import { useCan } from '../shell/me.ts'
import { ConfirmAction, formatNumber } from '../ui/index.ts'
import { compareJourneys, isDifferent } from './compare.ts'
import { journeyTexts } from './texts.ts'
import { reentryWords, triggerSentence } from './trigger-words.ts'
import type { DraftSession } from './use-draft.ts'
import { useJourneyNaming } from './use-journey-naming.ts'

const refresh = ['journey', 'journeys', 'overview', 'effects'] as const

/** Publish, pause, resume, archive: each says what it does to how many people before it does it. */
export function JourneyActions({ journey, session, problems }: { journey: JourneyDetail; session: DraftSession; problems: number }) {
  const t = useT(journeyTexts)
  const language = useLanguage()
  const canPublish = useCan('journeys.publish')
  const pause = useMutate('journeyPause', { refresh })
  const resume = useMutate('journeyResume', { refresh })
  const archive = useMutate('journeyArchive', { refresh })
  const input = { params: { id: journey.id } }
  const values = { name: journey.name, active: formatNumber(journey.active, language) }
  if (!canPublish || journey.status === 'archived') return null
  return (
    <>
      <ConfirmAction
        danger
        type="text"
        title={t('archiveTitle', values)}
        text={t('archiveText', values)}
        doIt={t('archive')}
        done={t('archivedDone')}
        run={() => archive.mutateAsync(input)}
      >
        {t('archive')}
      </ConfirmAction>
      {journey.status === 'live' && (
        <ConfirmAction
          title={t('pauseTitle', values)}
          text={t('pauseText', values)}
          doIt={t('pause')}
          done={t('paused')}
          run={() => pause.mutateAsync(input)}
        >
          {t('pause')}
        </ConfirmAction>
      )}
      {journey.status === 'paused' && (
        <ConfirmAction
          title={t('resumeTitle', values)}
          text={t('resumeText', values)}
          doIt={t('resume')}
          done={t('resumed')}
          run={() => resume.mutateAsync(input)}
        >
          {t('resume')}
        </ConfirmAction>
      )}
      <Publish journey={journey} session={session} problems={problems} />
    </>
  )
}

function Publish({ journey, session, problems }: { journey: JourneyDetail; session: DraftSession; problems: number }) {
  const t = useT(journeyTexts)
  const language = useLanguage()
  const naming = useJourneyNaming()
  const publish = useMutate('journeyPublish', { refresh })
  const { draft } = session
  const same = journey.live !== null && !isDifferent(compareJourneys(draft.definition, journey.live))
  const label = t(journey.live === null ? 'publish' : 'republish')
  const blocked =
    problems > 0
      ? t('publishBlocked', { count: problems })
      : same
        ? t('compareSame')
        : session.state !== 'saved'
          ? t('publishUnsaved')
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
  const sends = (channel: 'sms' | 'popup') =>
    draft.definition.nodes.filter((node) => node.kind === 'send' && node.channel === channel).length
  return (
    <ConfirmAction
      type="primary"
      title={t('publishTitle', { name: draft.name, version: Math.max(0, ...journey.versions.map(({ version }) => version)) + 1 })}
      text={
        <ul className="publish-facts">
          <li>{t('publishStart', { trigger: triggerSentence(draft.definition.trigger, naming) })}</li>
          <li>{t('publishSends', { sms: sends('sms'), popup: sends('popup') })}</li>
          <li>{t('publishReentry', { reentry: reentryWords(draft.definition.reentry, naming.language) })}</li>
          {journey.active > 0 && <li>{t('publishInside', { active: formatNumber(journey.active, language) })}</li>}
          <li>{t('publishGate')}</li>
        </ul>
      }
      doIt={t('publishDo')}
      done={t('published')}
      run={() => publish.mutateAsync({ params: { id: journey.id } })}
    >
      {label}
    </ConfirmAction>
  )
}
