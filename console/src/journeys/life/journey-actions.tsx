import type { JourneyDetail } from '@chaoxi/contract'
import { useMutate } from '../../api/hooks.ts'
import { useLanguage, useT } from '../../i18n/index.ts'
import { useCan } from '../../shell/me.ts'
import { ConfirmAction, formatNumber } from '../../ui/index.ts'
import type { DraftSession } from '../canvas/use-draft.ts'
import { journeyTexts } from '../words/texts.ts'
import { PauseAction } from './pause.tsx'
import { Publish, ShareAction } from './release.tsx'
import { ReviewActions } from './review.tsx'

const refresh = ['journey', 'journeys', 'overview', 'effects'] as const

/** Publish, pause, resume, archive: each says what it does to how many people before it does it. */
export function JourneyActions({ journey, session, problems }: { journey: JourneyDetail; session: DraftSession; problems: number }) {
  const t = useT(journeyTexts)
  const language = useLanguage()
  const canPublish = useCan('journeys.publish')
  const archive = useMutate('journeyArchive', { refresh })
  const input = { params: { id: journey.id } }
  const values = { name: journey.name, active: formatNumber(journey.active, language) }
  if (journey.status === 'archived') return null
  const reviewing = <ReviewActions journey={journey} session={session} problems={problems} />
  if (!canPublish) return reviewing
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
      <PauseAction journey={journey} />
      <ShareAction journey={journey} />
      {reviewing}
      <Publish journey={journey} session={session} problems={problems} />
    </>
  )
}
