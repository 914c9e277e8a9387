import type { Output } from '@chaoxi/contract'
import { Link } from '@tanstack/react-router'
import { Collapse } from 'antd'
import { useLanguage, useT } from '../i18n/index.ts'
import { explainTexts } from '../journeys/explain/texts.ts'
import { useStepName } from '../journeys/words/use-journey-naming.ts'
import { JsonView } from '../ui/json-view.tsx'
import { PersonLink } from '../ui/person-link.tsx'
import { StateText } from '../ui/state-text.tsx'
import { Money, Time } from '../ui/values.tsx'
import { channelTexts } from './channel-texts.ts'
import { useTemplateName } from './message-columns.tsx'
import { Moments } from './message-moments.tsx'
import { reasonText } from './reasons.ts'
import { texts } from './texts.ts'
import './messages.css'

type Message = Output<'message'>
export function MessageStory({ message }: { message: Message }) {
  const t = useT(texts)
  const channel = useT(channelTexts)
  const language = useLanguage()
  const why = useT(explainTexts)
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
            <>
              <Link to="/journeys/$id" params={{ id: message.journeyId }}>
                {t('fromJourney', { journey: message.journeyName ?? message.journeyId, step })}
              </Link>{' '}
              <Link to="/journeys/$id" params={{ id: message.journeyId }} search={{ tab: 'why', person: String(message.person.id) }}>
                {why('messageWhy')}
              </Link>
            </>
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
