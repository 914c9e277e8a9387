import type { TimelineItem } from '@chaoxi/contract'
import { Link } from '@tanstack/react-router'
import { useLanguage, useT } from '../i18n/index.ts'
import { useTemplateName } from '../messages/message-columns.tsx'
import { reasonText } from '../messages/reasons.ts'
import { eventName } from '../rules/event-names.ts'
import { StateText } from '../ui/state-text.tsx'
import { isStateName } from '../ui/texts.ts'
import { eventSummary } from './event-summary.ts'
import { journeyWords } from './journey-words.ts'
import { texts } from './texts.ts'

/** One line about what happened, in the operator's words. */
export function TimelineWords({ item }: { item: TimelineItem }) {
  const language = useLanguage()
  if (item.kind === 'message') return <MessageWords item={item} />
  if (item.kind === 'journey') {
    return (
      <span>
        <strong>{item.title}</strong> <span className="muted">{journeyWords(item.details, language)}</span>
      </span>
    )
  }
  return (
    <span>
      <strong title={item.title}>{eventName(item.title, language)}</strong>{' '}
      <span className="muted">{eventSummary(item.details, language)}</span>
    </span>
  )
}

/** An event of a message (sent, delivered, clicked), or a message that has not gone out, with the reason why. */
function MessageWords({ item }: { item: TimelineItem }) {
  const t = useT(texts)
  const language = useLanguage()
  const templateName = useTemplateName()
  const { message_id, template, state, reason, text } = item.details
  // What the customer wrote belongs to no template.
  const name = typeof template === 'string' ? templateName(template) : item.title === '' ? t('kindMessage') : ''
  return (
    <span>
      {item.title !== '' && (
        <>
          <strong title={item.title}>{eventName(item.title, language)}</strong>{' '}
        </>
      )}
      {typeof message_id === 'string' ? (
        <Link to="/messages" search={{ message: message_id }}>
          {name}
        </Link>
      ) : (
        name
      )}{' '}
      {typeof state === 'string' && isStateName(state) && <StateText state={state} />}{' '}
      {typeof reason === 'string' && reason !== '' && <span className="muted">{reasonText(reason, language)}</span>}
      {typeof text === 'string' && text !== '' && <div className="muted timeline-text">{text}</div>}
    </span>
  )
}
