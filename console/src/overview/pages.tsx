import type { Overview } from '@chaoxi/contract'
import { Link } from '@tanstack/react-router'
import { Button } from 'antd'
import { useEndpoint } from '../api/hooks.ts'
import { useT } from '../i18n/index.ts'
import { useTimeZone } from '../shell/me.ts'
import { formatDate } from '../ui/format.ts'
import { PageHeader } from '../ui/page-header.tsx'
import { Change, Stat } from '../ui/stat.tsx'
import { EmptyState, Loaded } from '../ui/states.tsx'
import { Money, Num } from '../ui/values.tsx'
import { HoursChart } from './hours-chart.tsx'
import { LiveEvents } from './live-events.tsx'
import { NeedsMe } from './needs-me.tsx'
import { texts } from './texts.ts'
import { TopEvents } from './top-events.tsx'
import './overview.css'

/** Numbers that a person watches move. */
const refreshMs = 3_000

export function OverviewPage() {
  const t = useT(texts)
  const timeZone = useTimeZone()
  const overview = useEndpoint('overview', {}, { refreshMs })
  return (
    <>
      <PageHeader title={t('title')} subtitle={t('subtitle', { date: formatDate(Date.now(), timeZone) })} />
      <Loaded query={overview} rows={10}>
        {(data) => (data.totals.events === 0 && data.totals.people === 0 ? <FirstSteps /> : <Numbers overview={data} />)}
      </Loaded>
    </>
  )
}

function Numbers({ overview }: { overview: Overview }) {
  const t = useT(texts)
  const { today, yesterday } = overview
  const versus = t('versus')
  return (
    <div className="stack">
      <div className="stats">
        <Stat label={t('sales')} note={<Change value={today.salesFen} base={yesterday.salesFen} label={versus} />}>
          <Money fen={today.salesFen} short />
        </Stat>
        <Stat label={t('orders')} note={<Change value={today.orders} base={yesterday.orders} label={versus} />}>
          <Num value={today.orders} short />
        </Stat>
        <Stat label={t('activePeople')} note={<Change value={today.activePeople} base={yesterday.activePeople} label={versus} />}>
          <Num value={today.activePeople} short />
        </Stat>
        <Stat label={t('newPeople')} note={<Change value={today.newPeople} base={yesterday.newPeople} label={versus} />}>
          <Link to="/people">
            <Num value={today.newPeople} short />
          </Link>
        </Stat>
        <Stat label={t('events')} note={<Change value={today.events} base={yesterday.events} label={versus} />}>
          <Num value={today.events} short />
        </Stat>
        <Stat
          label={t('messagesSent')}
          note={<Change value={today.messagesSent} base={yesterday.messagesSent} label={versus} more="neutral" />}
        >
          <Link to="/messages">
            <Num value={today.messagesSent} short />
          </Link>
        </Stat>
        <Stat
          label={t('messagesDropped')}
          note={<Change value={today.messagesDropped} base={yesterday.messagesDropped} label={versus} more="bad" />}
        >
          <Link to="/messages" search={{ state: 'dropped' }}>
            <Num value={today.messagesDropped} short />
          </Link>
        </Stat>
      </div>
      <div className="overview-grid">
        <section className="panel">
          <h2>{t('hoursTitle')}</h2>
          <HoursChart hours={overview.hours} />
        </section>
        <div className="stack">
          <section className="panel">
            <h2>{t('needsMe')}</h2>
            <NeedsMe overview={overview} />
          </section>
          <section className="panel">
            <h2>{t('totals')}</h2>
            <dl className="facts">
              <dt>{t('totalPeople')}</dt>
              <dd>
                <Link to="/people">
                  <Num value={overview.totals.people} />
                </Link>
              </dd>
              <dt>{t('totalEvents')}</dt>
              <dd>
                <Num value={overview.totals.events} />
              </dd>
              <dt>{t('liveJourneys')}</dt>
              <dd>
                <Link to="/journeys" search={{ status: 'live' }}>
                  <Num value={overview.totals.liveJourneys} />
                </Link>
              </dd>
            </dl>
          </section>
        </div>
      </div>
      <div className="overview-grid">
        <LiveEvents />
        <section className="panel">
          <h2>{t('topEvents')}</h2>
          <TopEvents events={overview.topEvents} />
        </section>
      </div>
    </div>
  )
}

function FirstSteps() {
  const t = useT(texts)
  return (
    <div className="panel">
      <EmptyState
        title={t('emptyTitle')}
        text={t('emptyText')}
        action={
          <div className="row" style={{ justifyContent: 'center' }}>
            <Button type="primary" href="/demo/" target="_blank">
              {t('openShop')}
            </Button>
            <Link to="/settings/keys">{t('getKey')}</Link>
          </div>
        }
      />
    </div>
  )
}
