import { BranchesOutlined, MessageOutlined } from '@ant-design/icons'
import type { TimelineItem } from '@chaoxi/contract'
import { Button } from 'antd'
import { useMemo, useState } from 'react'
import { useEndpoint, usePages } from '../api/hooks.ts'
import { useT } from '../i18n/index.ts'
import { useTimeZone } from '../shell/me.ts'
import { useFilters } from '../ui/filters.ts'
import { formatClock, formatTime } from '../ui/format.ts'
import { JsonView } from '../ui/json-view.tsx'
import { EmptyState, ErrorState, Loading } from '../ui/states.tsx'
import { texts as uiTexts } from '../ui/texts.ts'
import { texts } from './texts.ts'
import { groupByDay } from './timeline-days.ts'
import { noFilters, TimelineTools, timelineQuery } from './timeline-filters.tsx'
import { withSilentMessages } from './timeline-merge.ts'
import { TimelineWords } from './timeline-words.tsx'

const refreshMs = 3_000
/** Of a person's newest messages, those that never left are shown among the events. */
const messagesMax = 100

/** Everything that happened with one person, newest first, by day. */
export function Timeline({ personId }: { personId: number }) {
  const t = useT(texts)
  const ui = useT(uiTexts)
  const timeZone = useTimeZone()
  const [filters, setFilters] = useFilters(noFilters)
  const { event, kind, channel, from, to, text } = filters
  const filtered = Object.values(filters).some((value) => value !== '')
  const list = usePages('personTimeline', { params: { id: personId }, query: timelineQuery(filters) }, { refreshMs })
  // Messages that never left are no events: they stand among all, and among messages of a channel.
  const withSilent = event === '' && from === '' && to === '' && text === '' && (kind === '' || kind === 'message')
  const messages = useEndpoint('messages', { query: { person: personId, limit: messagesMax } }, { refreshMs, enabled: withSilent }).data
  const days = useMemo(() => {
    const made = (messages?.items ?? []).filter((message) => channel === '' || message.channel === channel)
    return groupByDay(withSilent ? withSilentMessages(list.rows, made, list.hasMore) : list.rows, Date.now(), timeZone)
  }, [list.rows, list.hasMore, messages, withSilent, channel, timeZone])
  return (
    <div>
      <TimelineTools filters={filters} onChange={setFilters} />
      {list.isPending && !list.error ? (
        <Loading />
      ) : list.error && list.rows.length === 0 ? (
        <ErrorState error={list.error} onRetry={list.refetch} />
      ) : days.length === 0 ? (
        filtered ? (
          <EmptyState
            title={ui('noMatch')}
            text={ui('noMatchHint')}
            action={<Button onClick={() => setFilters(noFilters)}>{ui('reset')}</Button>}
          />
        ) : (
          <EmptyState title={t('timelineEmpty')} text={t('timelineEmptyText')} />
        )
      ) : (
        <>
          {days.map(({ day, relative, items }) => (
            <section key={day} className="timeline-day">
              <h3>
                {relative ? `${t(relative)} ` : ''}
                <span className="muted">{day}</span>
              </h3>
              <ul>
                {items.map((item) => (
                  <Row key={`${item.kind}:${item.id}`} item={item} />
                ))}
              </ul>
            </section>
          ))}
          {list.hasMore && (
            <Button onClick={list.loadMore} loading={list.isLoadingMore} block>
              {ui('loadMore')}
            </Button>
          )}
        </>
      )}
    </div>
  )
}

function Row({ item }: { item: TimelineItem }) {
  const t = useT(texts)
  const timeZone = useTimeZone()
  const [open, setOpen] = useState(false)
  return (
    <li className={`timeline-item timeline-${item.kind}`}>
      <time className="num muted" dateTime={item.at} title={`${formatTime(item.at, timeZone)} (${timeZone})`}>
        {formatClock(item.at, timeZone)}
      </time>
      <span
        className="timeline-mark"
        title={t(item.kind === 'message' ? 'kindMessage' : item.kind === 'journey' ? 'kindJourney' : 'kindEvent')}
      >
        {item.kind === 'message' ? <MessageOutlined /> : item.kind === 'journey' ? <BranchesOutlined /> : <i />}
      </span>
      <div className="timeline-words">
        <TimelineWords item={item} />
        {open && <JsonView value={item.details} maxHeight={280} />}
      </div>
      <Button size="small" type="text" className="timeline-more" aria-expanded={open} onClick={() => setOpen(!open)}>
        {open ? t('hideDetails') : t('showDetails')}
      </Button>
    </li>
  )
}
