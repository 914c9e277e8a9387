import type { Output } from '@chaoxi/contract'
import type { ReactNode } from 'react'
import { useLanguage, useT } from '../i18n/index.ts'
import { useTimeZone } from '../shell/me.ts'
import { formatTime } from '../ui/format.ts'
import { type Tone, ToneText } from '../ui/state-text.tsx'
import { Time } from '../ui/values.tsx'
import { decisionNote } from './decision-note.ts'
import { reasonText } from './reasons.ts'
import { texts } from './texts.ts'
import './messages.css'

type Message = Output<'message'>
interface Moment {
  at: string
  tone: Tone
  title: string
  note: ReactNode
}

/** What befell a message, in order of time. */
export function Moments({ message }: { message: Message }) {
  const moments = useMoments(message)
  return (
    <ol className="moments">
      {moments.map((moment, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: moments only grow at the end
        <li key={index}>
          <Time at={moment.at} />
          <div>
            <ToneText tone={moment.tone}>{moment.title}</ToneText>
            {moment.note && <div className="muted">{moment.note}</div>}
          </div>
        </li>
      ))}
    </ol>
  )
}

/** Everything that befell the message, in order of time. */
function useMoments(message: Message): Moment[] {
  const t = useT(texts)
  const language = useLanguage()
  const timeZone = useTimeZone()
  const time = (at: string | number) => formatTime(at, timeZone, { seconds: false })
  const moments: Moment[] = [
    {
      at: message.createdAt,
      tone: 'calm',
      title: t('made'),
      note: message.journeyName ? t('madeBy', { journey: message.journeyName }) : null,
    },
  ]
  for (const { at, answer, reason, details } of message.decisions) {
    const title = t(answer === 'send' ? 'checkSend' : answer === 'hold' ? 'checkHold' : 'checkDrop')
    const tone: Tone = answer === 'send' ? 'good' : answer === 'hold' ? 'warn' : 'bad'
    const why = answer === 'send' ? null : reasonText(reason, language)
    moments.push({
      at,
      tone,
      title,
      note: joined(why, decisionNote(reason, details, { t, time, reason: (code) => reasonText(code, language) })),
    })
  }
  for (const { at, outcome, providerId, details } of message.attempts) {
    const { title, tone } = attemptWords(outcome)
    const code = typeof details.code === 'string' && details.code !== '' ? reasonText(details.code, language) : null
    moments.push({ at, tone, title: t(title), note: joined(code, providerId ? `${t('providerId')} ${providerId}` : null) })
  }
  const hasReceipt = message.attempts.some(({ outcome }) => outcome === 'receipt_delivered')
  if (message.deliveredAt && !hasReceipt) moments.push({ at: message.deliveredAt, tone: 'good', title: t('delivered'), note: null })
  if (message.clickedAt) moments.push({ at: message.clickedAt, tone: 'good', title: t('click'), note: null })
  return moments.toSorted((a, b) => a.at.localeCompare(b.at))
}

function joined(...notes: (string | null)[]): string | null {
  const said = notes.filter((note) => note !== null)
  return said.length === 0 ? null : said.join(' · ')
}

const attemptTones = {
  accepted: 'good',
  refused: 'bad',
  not_sent: 'warn',
  unknown: 'warn',
  found: 'good',
  not_found: 'warn',
  unanswered: 'warn',
  given_up: 'bad',
  receipt_delivered: 'good',
  receipt_failed: 'bad',
} as const satisfies Record<string, Tone>

function attemptWords(outcome: string): { title: keyof typeof texts; tone: Tone } {
  return isKnownOutcome(outcome) ? { title: `attempt_${outcome}`, tone: attemptTones[outcome] } : { title: 'attempt', tone: 'calm' }
}

function isKnownOutcome(outcome: string): outcome is keyof typeof attemptTones {
  return Object.hasOwn(attemptTones, outcome)
}
