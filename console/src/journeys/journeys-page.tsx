import type { JourneySummary } from '@chaoxi/contract'
import { Link, useNavigate } from '@tanstack/react-router'
import { Button, Select, Space } from 'antd'
import { useState } from 'react'
import { useList } from '../api/hooks.ts'
import { useT } from '../i18n/index.ts'
import { useCan } from '../shell/me.ts'
import { DataTable, Num, numberCell, PageHeader, SearchBox, StateText, stateTexts, TimeAgo, useFilters, useKeys } from '../ui/index.ts'
import { CreateJourney } from './create-journey.tsx'
import { journeyTexts } from './texts.ts'

const refreshMs = 5_000
const states = ['live', 'paused', 'draft', 'archived'] as const

export function JourneysPage() {
  const t = useT(journeyTexts)
  const s = useT(stateTexts)
  const canWrite = useCan('journeys.write')
  const navigate = useNavigate()
  const [filters, setFilters] = useFilters({ q: '', status: '' })
  const [creating, setCreating] = useState(false)
  const list = useList('journeys', {}, { refreshMs })
  const rows = list.rows.filter((journey) => matches(journey, filters.q) && (filters.status === '' || journey.status === filters.status))
  const open = () => setCreating(true)
  useKeys({ n: canWrite ? open : undefined })
  const createButton = canWrite && (
    <Button type="primary" onClick={open}>
      {t('create')}
    </Button>
  )
  return (
    <>
      <PageHeader title={t('title')} subtitle={t('subtitle')} actions={createButton} />
      <DataTable
        list={{ ...list, rows }}
        rowKey={(journey) => journey.id}
        onOpen={(journey) => void navigate({ to: '/journeys/$id', params: { id: journey.id } })}
        filtered={filters.q !== '' || filters.status !== ''}
        onClearFilters={() => setFilters({ q: '', status: '' })}
        empty={{
          title: t('emptyTitle'),
          text: t('emptyText'),
          action: (
            <Space>
              <Link to="/playbooks">
                <Button type="primary">{t('createPlaybook')}</Button>
              </Link>
              {canWrite && <Button onClick={open}>{t('createBlank')}</Button>}
            </Space>
          ),
        }}
        toolbar={
          <>
            <SearchBox value={filters.q} onChange={(q) => setFilters({ q })} placeholder={t('search')} />
            <Select
              value={filters.status}
              aria-label={t('status')}
              style={{ width: 130 }}
              options={[{ value: '', label: t('statusAll') }, ...states.map((state) => ({ value: state, label: s(state) }))]}
              onChange={(status) => setFilters({ status })}
            />
          </>
        }
        columns={[
          {
            title: t('name'),
            key: 'name',
            sorter: (a, b) => a.name.localeCompare(b.name, 'zh-CN'),
            render: (_, journey) => (
              <>
                <Link to="/journeys/$id" params={{ id: journey.id }} className="definition-name">
                  {journey.name}
                </Link>
                <div className="definition-key">{journey.key}</div>
              </>
            ),
          },
          { title: t('status'), key: 'status', width: 110, render: (_, journey) => <StateText state={journey.status} /> },
          {
            title: t('version'),
            key: 'version',
            width: 110,
            render: (_, { version }) =>
              version === null ? <span className="muted">{t('neverPublished')}</span> : t('versionLine', { version }),
          },
          {
            title: t('entered'),
            key: 'entered',
            ...numberCell,
            width: 110,
            sorter: (a, b) => a.entered - b.entered,
            render: (_, { entered }) => <Num value={entered} />,
          },
          {
            title: t('activeNow'),
            key: 'active',
            ...numberCell,
            width: 110,
            sorter: (a, b) => a.active - b.active,
            render: (_, { active }) => <Num value={active} />,
          },
          {
            title: t('finished'),
            key: 'finished',
            ...numberCell,
            width: 110,
            sorter: (a, b) => a.finished - b.finished,
            render: (_, { finished }) => <Num value={finished} />,
          },
          {
            title: t('updated'),
            key: 'updated',
            width: 130,
            sorter: (a, b) => a.updatedAt.localeCompare(b.updatedAt),
            render: (_, { updatedAt }) => <TimeAgo at={updatedAt} />,
          },
        ]}
      />
      {creating && <CreateJourney onClose={() => setCreating(false)} />}
    </>
  )
}

function matches({ name, key }: JourneySummary, q: string): boolean {
  const wanted = q.trim().toLowerCase()
  return wanted === '' || `${name} ${key}`.toLowerCase().includes(wanted)
}
