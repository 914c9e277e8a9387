import type { SegmentView } from '@chaoxi/contract'
import { Link, useNavigate } from '@tanstack/react-router'
import { Button, Select } from 'antd'
import { useState } from 'react'
import { useList } from '../api/hooks.ts'
import { useT } from '../i18n/index.ts'
import { useCan } from '../shell/me.ts'
import { Meaning, StatusFilter } from '../tags/definition-parts.tsx'
import { definitionTexts } from '../tags/definition-texts.ts'
import { DataTable, Num, numberCell, PageHeader, SearchBox, StateText, TimeAgo, useFilters, useKeys } from '../ui/index.ts'
import { SegmentDrawer } from './segment-drawer.tsx'
import { segmentTexts } from './texts.ts'

/** How often sizes are asked again while the list is looked at. */
const refreshMs = 15_000

export function SegmentsPage() {
  const t = useT(segmentTexts)
  const d = useT(definitionTexts)
  const canWrite = useCan('rules.write')
  const navigate = useNavigate()
  const [filters, setFilters] = useFilters({ q: '', mode: '', status: '' })
  const [creating, setCreating] = useState(false)
  const archived = filters.status === 'archived'
  const list = useList('segments', { query: { status: archived ? 'archived' : 'active' } }, { refreshMs })
  const rows = list.rows.filter((segment) => matches(segment, filters.q) && (filters.mode === '' || segment.mode === filters.mode))
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
        rowKey={(segment) => segment.key}
        onOpen={(segment) => void navigate({ to: '/segments/$key', params: { key: segment.key } })}
        filtered={filters.q !== '' || filters.mode !== '' || archived}
        onClearFilters={() => setFilters({ q: '', mode: '', status: '' })}
        empty={{
          title: t('emptyTitle'),
          text: t('emptyText'),
          action: createButton,
        }}
        toolbar={
          <>
            <SearchBox value={filters.q} onChange={(q) => setFilters({ q })} placeholder={t('search')} />
            <Select
              value={filters.mode}
              aria-label={d('mode')}
              style={{ width: 130 }}
              options={[
                { value: '', label: t('modeAll') },
                { value: 'dynamic', label: d('dynamic') },
                { value: 'static', label: d('static') },
              ]}
              onChange={(mode) => setFilters({ mode })}
            />
            <StatusFilter value={archived} onChange={(status) => setFilters({ status })} />
          </>
        }
        columns={[
          {
            title: d('name'),
            key: 'name',
            width: 220,
            sorter: (a, b) => a.name.localeCompare(b.name, 'zh-CN'),
            render: (_, segment) => (
              <>
                <Link to="/segments/$key" params={{ key: segment.key }} className="definition-name">
                  {segment.name}
                </Link>
                <div className="definition-key">{segment.key}</div>
              </>
            ),
          },
          { title: d('meaning'), key: 'meaning', render: (_, segment) => <Meaning definition={segment} /> },
          { title: d('mode'), key: 'mode', width: 90, render: (_, segment) => d(segment.mode) },
          {
            title: d('size'),
            key: 'size',
            ...numberCell,
            width: 100,
            sorter: (a, b) => a.size - b.size,
            render: (_, segment) => (
              <Link to="/people" search={{ segment: segment.key }}>
                <Num value={segment.size} />
              </Link>
            ),
          },
          {
            title: d('owner'),
            key: 'owner',
            width: 110,
            render: (_, segment) => (segment.owner === 'system' ? d('ownerSystem') : segment.owner),
          },
          {
            title: d('updated'),
            key: 'updated',
            width: 110,
            sorter: (a, b) => a.updatedAt.localeCompare(b.updatedAt),
            render: (_, segment) => (segment.status === 'archived' ? <StateText state="archived" /> : <TimeAgo at={segment.updatedAt} />),
          },
        ]}
      />
      {creating && (
        <SegmentDrawer
          existing={null}
          onClose={() => setCreating(false)}
          onStored={(key) => void navigate({ to: '/segments/$key', params: { key } })}
        />
      )}
    </>
  )
}

function matches(segment: SegmentView, q: string): boolean {
  const wanted = q.trim().toLowerCase()
  return wanted === '' || `${segment.name} ${segment.key} ${segment.description}`.toLowerCase().includes(wanted)
}
