import type { PersonDetail } from '@chaoxi/contract'
import { Link } from '@tanstack/react-router'
import { Popover, Tag } from 'antd'
import { useLanguage, useT } from '../i18n/index.ts'
import { eventName } from '../rules/event-names.ts'
import { ruleSentence } from '../rules/rule-sentence.ts'
import { useNaming } from '../rules/use-naming.ts'
import { useTimeZone } from '../shell/me.ts'
import { formatTime } from '../ui/format.ts'
import { texts } from './identity-texts.ts'

type Membership = PersonDetail['segments'][number]

/** 生命周期：活跃 */
const nameOf = ({ name, value }: Membership) => (value === '' ? name : `${name}：${value}`)

/** Tags or segments; a look at one says by which rule it is, and what made it so. */
export function Memberships(props: { items: readonly Membership[]; to: '/tags/$key' | '/segments/$key'; none: string }) {
  if (props.items.length === 0) return <span className="muted">{props.none}</span>
  return (
    <div className="row memberships">
      {props.items.map((item) => (
        <Popover key={`${item.key} ${item.value}`} title={nameOf(item)} content={<Why item={item} to={props.to} />}>
          <Link to={props.to} params={{ key: item.key }}>
            <Tag>{nameOf(item)}</Tag>
          </Link>
        </Popover>
      ))}
    </div>
  )
}

function Why({ item, to }: { item: Membership; to: '/tags/$key' | '/segments/$key' }) {
  const t = useT(texts)
  const naming = useNaming()
  const timeZone = useTimeZone()
  return (
    <div className="why">
      <div>{item.rule === null ? t('whyHand') : t('whyRule', { rule: ruleSentence(item.rule, naming) })}</div>
      <WhyReason item={item} />
      <div className="muted">
        {t('whySince', { time: formatTime(item.since, timeZone, { seconds: false }) })}{' '}
        <Link to={to} params={{ key: item.key }}>
          {t('openDefinition')}
        </Link>
      </div>
    </div>
  )
}

function WhyReason({ item: { reason, cause, since, rule, journey } }: { item: Membership }) {
  const t = useT(texts)
  const language = useLanguage()
  const timeZone = useTimeZone()
  const time = (at: string) => formatTime(at, timeZone, { seconds: false })
  if (reason === null || (reason === 'manual' && rule === null)) return null
  if (reason === 'journey') return <div>{journey === null ? t('why_journeyGone') : t('why_journey', { journey })}</div>
  if (reason === 'event')
    return (
      <div>
        {cause === null ? t('why_eventUnknown') : t('why_event', { event: eventName(cause.event, language), time: time(cause.at) })}
      </div>
    )
  return <div>{t(`why_${reason}`, { time: time(since) })}</div>
}
