import type { JourneyDetail } from '@chaoxi/contract'
import { Link } from '@tanstack/react-router'
import { useEndpoint } from '../../api/hooks.ts'
import { useT } from '../../i18n/index.ts'
import { localMinute } from '../../rules/rule-sentence.ts'
import { useTimeZone } from '../../shell/me.ts'
import { ToneText } from '../../ui/index.ts'
import { trialTexts } from './texts.ts'

/** In the header: that chosen people are walking through it, and whether through what is drawn now. */
export function TrialLine({ journey }: { journey: JourneyDetail }) {
  const t = useT(trialTexts)
  const { trial } = journey
  if (trial === null) return null
  const stale = trial.draftRevision !== null && trial.draftRevision !== journey.draftRevision
  return (
    <>
      {' · '}
      <Link to="/journeys/$id" params={{ id: journey.id }} search={{ tab: 'rehearsal' }} title={stale ? t('stale') : ''}>
        <ToneText tone={stale ? 'warn' : 'busy'}>
          {t('running')}
          {stale && `（${t('ofBefore')}）`}
        </ToneText>
      </Link>
    </>
  )
}

/** For whoever reviews: the newest test run and the newest rehearsal, and whether they were of this draft. */
export function LatestChecks({ journey }: { journey: JourneyDetail }) {
  const t = useT(trialTexts)
  const zone = useTimeZone()
  const trials = useEndpoint('journeyTrials', { params: { id: journey.id } }).data?.items
  const rehearsals = useEndpoint('journeyRehearsals', { params: { id: journey.id } }).data?.items
  if (trials === undefined || rehearsals === undefined) return null
  const [trial] = trials
  const rehearsal = rehearsals.find((one) => one.state === 'done')
  const which = (revision: number | null) => t(revision === journey.draftRevision ? 'ofThis' : 'ofBefore')
  return (
    <ul className="rehearsal-notices muted" data-checks>
      <li>
        {trial === undefined ? (
          t('neverTried')
        ) : (
          <Link to="/journeys/$id" params={{ id: journey.id }} search={{ tab: 'rehearsal', trial: trial.id }}>
            {t('lastTrial', {
              at: localMinute(trial.askedAt, zone),
              people: trial.people,
              state: t(`state_${trial.state}`, { reason: trial.reason ?? '' }),
            })}{' '}
            · {which(trial.draftRevision)}
          </Link>
        )}
      </li>
      <li>
        {rehearsal === undefined ? (
          t('neverPlayed')
        ) : (
          <Link to="/journeys/$id" params={{ id: journey.id }} search={{ tab: 'rehearsal', rehearsal: rehearsal.id }}>
            {t('lastRehearsal', { at: localMinute(rehearsal.askedAt, zone) })} · {which(rehearsal.draftRevision)}
          </Link>
        )}
      </li>
    </ul>
  )
}
