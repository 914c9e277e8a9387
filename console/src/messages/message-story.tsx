import type { Output } from '@chaoxi/contract'
import { Link } from '@tanstack/react-router'
import { Collapse } from 'antd'
import type { ReactNode } from 'react'
import { useLanguage, useT } from '../i18n/index.ts'
import { useStepName } from '../journeys/words/use-journey-naming.ts'
import { useTimeZone } from '../shell/me.ts'
import { formatTime } from '../ui/format.ts'
import { JsonView } from '../ui/json-view.tsx'
import { PersonLink } from '../ui/person-link.tsx'
import { StateText, type Tone, ToneText } from '../ui/state-text.tsx'
import { Money, Time } from '../ui/values.tsx'
import { channelTexts } from './channel-texts.ts'
import { decisionNote } from './decision-note.ts'
import { useTemplateName } from './message-columns.tsx'
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

export function MessageStory({ message }: { message: Message }) {
  const t = useT(texts)
  const channel = useT(channelTexts)
  const language = useLanguage()
  const templateName = useTemplateName()
  const step = useStepName(message.journeyId, message.nodeId)
  return (
    <div className="stack">
      <div className="row">
        <StateText state={message.state} />
        {message.reason && <span>{reasonText(message.reason, language)}</span>}
      </div>
      {message.text ? (
        <div className="message-text">{message.text}</div>
      ) : (
        <p className="muted">{t(message.state === 'held' || message.state === 'queued' ? 'textLater' : 'noText')}</p>
      )}
      <dl className="facts">
        <dt>{t('person')}</dt>
        <dd>
          <PersonLink person={message.person} />
        </dd>
        <dt>{t('channel')}</dt>
        <dd>
          {channel(message.channel)} · {channel(message.purpose)}
        </dd>
        <dt>{t('template')}</dt>
        <dd>
          <Link to="/templates/$key" params={{ key: message.template }}>
            {templateName(message.template)}
          </Link>
        </dd>
        <dt>{t('journey')}</dt>
        <dd>
          {message.journeyId ? (
            <Link to="/journeys/$id" params={{ id: message.journeyId }}>
              {t('fromJourney', { journey: message.journeyName ?? message.journeyId, step })}
            </Link>
          ) : (
            t('noJourney')
          )}
        </dd>
        {message.sendAt && (message.state === 'held' || message.state === 'queued') && (
          <>
            <dt>{t(message.reason === 'awaiting_visit' ? 'keptUntilLabel' : 'willSend')}</dt>
            <dd>
              <Time at={message.sendAt} />
            </dd>
          </>
        )}
        <dt>{t('cost')}</dt>
        <dd>
          <Money fen={message.costFen} />
        </dd>
        <dt>{t('id')}</dt>
        <dd>
          <code>{message.id}</code>
        </dd>
      </dl>
      <section>
        <h2 className="section-title">{t('whatHappened')}</h2>
        <Moments message={message} />
      </section>
      <Collapse
        ghost
        size="small"
        items={[
          {
            key: 'details',
            label: t('details'),
            children: <JsonView value={{ decisions: message.decisions, attempts: message.attempts }} />,
          },
        ]}
      />
    </div>
  )
}

function Moments({ message }: { message: Message }) {
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
