import { Button } from 'antd'
import { useState } from 'react'
import { useEndpoint } from '../api/hooks.ts'
import { useLanguage, useT } from '../i18n/index.ts'
import { useTemplateName } from '../messages/message-columns.tsx'
import { eventSummary } from '../people/event-summary.ts'
import { eventName } from '../rules/event-names.ts'
import { useTimeZone } from '../shell/me.ts'
import { formatClock, formatTime } from '../ui/format.ts'
import { PersonLink } from '../ui/person-link.tsx'
import { Loaded } from '../ui/states.tsx'
import { texts } from './texts.ts'

const refreshMs = 2_000
const shown = 20

/** What has just come in. Rows keep their place by message id, so that only what is new moves. */
export function LiveEvents() {
  const t = useT(texts)
  const language = useLanguage()
  const timeZone = useTimeZone()
  const [paused, setPaused] = useState(false)
  const templateName = useTemplateName()
  // Events of messages are told by the template's name.
  const told = (properties: Record<string, unknown>) =>
    typeof properties.template === 'string' ? templateName(properties.template) : eventSummary(properties, language)
  const recent = useEndpoint('recentEvents', { query: { limit: shown } }, paused ? {} : { refreshMs })
  return (
    <section className="panel">
      <h2>
        <span>
          {t('live')} <small>{t('liveHint')}</small>
        </span>
        <Button size="small" type="text" onClick={() => setPaused(!paused)} aria-pressed={paused}>
          {paused ? t('resume') : t('pause')}
        </Button>
      </h2>
      <Loaded query={recent}>
        {({ items }) =>
          items.length === 0 ? (
            <p className="muted">{t('noTopEvents')}</p>
          ) : (
            <ul className="live-events">
              {items.map((item) => (
                <li key={item.messageId}>
                  <time className="num muted" dateTime={item.receivedAt} title={`${formatTime(item.receivedAt, timeZone)} (${timeZone})`}>
                    {formatClock(item.receivedAt, timeZone)}
                  </time>
                  <span className="live-event" title={item.event}>
                    {eventName(item.event, language)}
                  </span>
                  <span className="ellipsis live-person">
                    {item.person ? <PersonLink person={item.person} /> : <span className="muted">{t('someone')}</span>}
                  </span>
                  <span className="ellipsis muted">{told(item.properties)}</span>
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
    </section>
  )
}
