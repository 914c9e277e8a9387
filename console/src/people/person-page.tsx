import type { PersonDetail } from '@chaoxi/contract'
import { useParams } from '@tanstack/react-router'
import { Tabs } from 'antd'
import { useEndpoint } from '../api/hooks.ts'
import { useT } from '../i18n/index.ts'
import { PersonJourneys } from '../journeys/explain/person-journeys.tsx'
import { explainTexts } from '../journeys/explain/texts.ts'
import { useFilters } from '../ui/filters.ts'
import { PageHeader } from '../ui/page-header.tsx'
import { personName } from '../ui/person-link.tsx'
import { Stat } from '../ui/stat.tsx'
import { Loaded } from '../ui/states.tsx'
import { texts as uiTexts } from '../ui/texts.ts'
import { Money, Num, Phone, TimeAgo } from '../ui/values.tsx'
import { MergePeople } from './merge-people.tsx'
import { PersonConsent } from './person-consent.tsx'
import { PersonCoupons } from './person-coupons.tsx'
import { PersonFacts } from './person-facts.tsx'
import { PersonIdentity } from './person-identity.tsx'
import { PersonMessages } from './person-messages.tsx'
import { PersonOrders } from './person-orders.tsx'
import { texts } from './texts.ts'
import { Timeline } from './timeline.tsx'
import './people.css'

/** The 360 is watched while a colleague tries something in the shop. */
export const personRefreshMs = 3_000

export function PersonPage() {
  const { id } = useParams({ strict: false })
  const person = useEndpoint('person', { params: { id: Number(id) } }, { refreshMs: personRefreshMs })
  // A person who does not exist stays an error, and the last one looked at is not shown under another's address.
  const data = person.data && !person.isPlaceholderData ? person.data : undefined
  return <Loaded query={{ data, error: person.error, refetch: person.refetch }}>{(found) => <Person person={found} />}</Loaded>
}

function Person({ person }: { person: PersonDetail }) {
  const t = useT(texts)
  const ui = useT(uiTexts)
  const why = useT(explainTexts)
  const [{ tab }, setFilters] = useFilters({ tab: 'timeline' })
  const { stats } = person
  return (
    <>
      <PageHeader
        title={personName(person, ui)}
        subtitle={
          <span className="row">
            <span>{t('personNumber', { id: person.id })}</span>
            {person.phone && <Phone value={person.phone} />}
            <span>
              {t('lastSeen')} <TimeAgo at={person.lastSeenAt} />
            </span>
          </span>
        }
        back={{ to: '/people', label: t('back') }}
        actions={<MergePeople person={person} />}
      />
      <div className="stack">
        <div className="stats">
          <Stat label={t('paid')}>
            <Money fen={stats.paidFen} short />
          </Stat>
          <Stat label={t('orders')}>
            <TabNumber value={stats.orders} onOpen={() => setFilters({ tab: 'orders' })} />
          </Stat>
          <Stat label={t('perOrder')}>
            <Money fen={stats.orders === 0 ? null : Math.round(stats.paidFen / stats.orders)} />
          </Stat>
          <Stat label={t('lastPaid')}>
            <TimeAgo at={stats.lastPaidAt} />
          </Stat>
          <Stat label={t('events')}>
            <TabNumber value={stats.events} onOpen={() => setFilters({ tab: '' })} />
          </Stat>
        </div>
        <div className="person-grid">
          <PersonFacts person={person} />
          <section className="panel person-tabs">
            <Tabs
              activeKey={tab}
              onChange={(key) => setFilters({ tab: key === 'timeline' ? '' : key })}
              destroyOnHidden
              items={[
                { key: 'timeline', label: t('timeline'), children: <Timeline personId={person.id} /> },
                { key: 'messages', label: t('messages'), children: <PersonMessages personId={person.id} /> },
                { key: 'journeys', label: why('journeysTab'), children: <PersonJourneys personId={person.id} /> },
                { key: 'orders', label: t('ordersTab'), children: <PersonOrders personId={person.id} /> },
                { key: 'coupons', label: t('coupons'), children: <PersonCoupons coupons={person.coupons} /> },
                { key: 'identity', label: t('identities'), children: <PersonIdentity person={person} /> },
                { key: 'consent', label: t('consent'), children: <PersonConsent person={person} /> },
              ]}
            />
          </section>
        </div>
      </div>
    </>
  )
}

/** A number that opens the tab which lists what it counts. */
function TabNumber({ value, onOpen }: { value: number; onOpen: () => void }) {
  if (value === 0) return <Num value={value} />
  return (
    <button type="button" className="number-link" onClick={onOpen}>
      <Num value={value} />
    </button>
  )
}
