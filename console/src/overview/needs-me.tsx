import type { Overview } from '@chaoxi/contract'
import { Link } from '@tanstack/react-router'
import { useLanguage, useT } from '../i18n/index.ts'
import { formatNumber } from '../ui/format.ts'
import { ToneText } from '../ui/state-text.tsx'
import { texts } from './texts.ts'

/** What waits for a person, each leading to where it is done. */
export function NeedsMe({ overview }: { overview: Overview }) {
  const t = useT(texts)
  const language = useLanguage()
  const { quarantined, liveJourneys } = overview.totals
  const dropped = overview.today.messagesDropped
  const count = (value: number) => ({ count: formatNumber(value, language) })
  if (quarantined === 0 && dropped === 0 && liveJourneys > 0) return <ToneText tone="good">{t('nothingNeeded')}</ToneText>
  return (
    <ul className="needs-me">
      {quarantined > 0 && (
        <li>
          <ToneText tone="warn">
            <Link to="/quarantine">{t('quarantined', count(quarantined))}</Link>
          </ToneText>
        </li>
      )}
      {dropped > 0 && (
        <li>
          <ToneText tone="warn">
            <Link to="/messages" search={{ state: 'dropped' }}>
              {t('dropped', count(dropped))}
            </Link>
          </ToneText>
        </li>
      )}
      {liveJourneys === 0 && (
        <li>
          <ToneText tone="busy">
            <Link to="/playbooks">{t('noJourneys')}</Link>
          </ToneText>
        </li>
      )}
    </ul>
  )
}
