import { type JourneyExplanation, type News, replyEvent } from '@chaoxi/contract'
import { eventName } from '../../rules/event-names.ts'
import { type Tone, ToneText } from '../../ui/index.ts'
import { useWords } from './use-words.ts'
import { newsName, newsWords, type Words } from './words.ts'

const tones: Readonly<Partial<Record<News['outcome'], Tone>>> = {
  entered: 'good',
  refused: 'warn',
  filtered: 'warn',
  waiting: 'busy',
  open: 'busy',
  dropped: 'bad',
  unknown: 'warn',
}

/** Later than this an event was late, and not only on its way. */
const lateMs = 60_000

/** Everything that could have brought the customer in, with what became of it. */
export function NewsList({ explanation: { news, trigger } }: { explanation: JourneyExplanation }) {
  const words = useWords()
  if (news.length === 0) return <p className="muted">{nothing(trigger, words)}</p>
  return (
    <ul className="why-list" data-news>
      {news.map((one) => (
        <li key={`${one.at} ${one.receivedAt} ${one.name} ${one.value} ${one.run}`}>
          <span className="muted">{words.time(one.at)}</span> <strong>{newsName(one, words)}</strong>{' '}
          <ToneText tone={tones[one.outcome] ?? 'calm'}>{newsWords(one, words)}</ToneText>
          {isLate(one) && <span className="muted"> · {words.t('late', { time: words.time(one.receivedAt ?? one.at) })}</span>}
        </li>
      ))}
    </ul>
  )
}

const isLate = ({ at, receivedAt }: News) => receivedAt !== null && Date.parse(receivedAt) - Date.parse(at) > lateMs

function nothing(trigger: JourneyExplanation['trigger'], { t, naming }: Words): string {
  switch (trigger?.kind) {
    case 'event':
    case 'event_absence':
      return t('newsNone_event', { event: eventName(trigger.event, naming.language) })
    case 'inbound_message':
      return t('newsNone_event', { event: eventName(replyEvent, naming.language) })
    case 'schedule':
    case 'date':
      return t('newsNone_time')
    case 'item_change':
      return t('newsNone_item')
    case 'call':
      return t('newsNone_call')
    default:
      return t('newsNone_move')
  }
}
