import type { Overview } from '@chaoxi/contract'
import { useLanguage, useT } from '../i18n/index.ts'
import { eventName } from '../rules/event-names.ts'
import { Num } from '../ui/values.tsx'
import { texts } from './texts.ts'

export function TopEvents({ events }: { events: Overview['topEvents'] }) {
  const t = useT(texts)
  const language = useLanguage()
  const most = Math.max(...events.map(({ count }) => count), 1)
  if (events.length === 0) return <p className="muted">{t('noTopEvents')}</p>
  return (
    <ol className="top-events">
      {events.map(({ name, count }) => (
        <li key={name}>
          <span className="ellipsis" title={name}>
            {eventName(name, language)}
          </span>
          <Num value={count} />
          <span className="bar" style={{ width: `${(count / most) * 100}%` }} />
        </li>
      ))}
    </ol>
  )
}
