import type { TagView } from '@chaoxi/contract'
import { Link, useNavigate } from '@tanstack/react-router'
import { Button, Select, Space } from 'antd'
import { useState } from 'react'
import { useList } from '../api/hooks.ts'
import { useT } from '../i18n/index.ts'
import { useCan } from '../shell/me.ts'
import { DataTable, Num, numberCell, PageHeader, SearchBox, StateText, TimeAgo, useFilters, useKeys } from '../ui/index.ts'
import { Meaning, StatusFilter } from './definition-parts.tsx'
import { definitionTexts } from './definition-texts.ts'
import { layers, TagDrawer } from './tag-drawer.tsx'
import { layerKeys, tagTexts } from './texts.ts'

/** How often sizes are asked again while the list is looked at. */
const refreshMs = 15_000

export function TagsPage() {
  const t = useT(tagTexts)
  const d = useT(definitionTexts)
  const canWrite = useCan('rules.write')
  const navigate = useNavigate()
  const [filters, setFilters] = useFilters({ q: '', layer: '', status: '' })
  const [creating, setCreating] = useState(false)
  const archived = filters.status === 'archived'
  const list = useList('tags', { query: { status: archived ? 'archived' : 'active' } }, { refreshMs })
  const rows = list.rows.filter((tag) => matches(tag, filters.q) && (filters.layer === '' || tag.layer === filters.layer))
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
        rowKey={(tag) => tag.key}
        onOpen={(tag) => void navigate({ to: '/tags/$key', params: { key: tag.key } })}
        filtered={filters.q !== '' || filters.layer !== '' || archived}
        onClearFilters={() => setFilters({ q: '', layer: '', status: '' })}
        empty={{
          title: t('emptyTitle'),
          text: t('emptyText'),
          action: (
            <Space>
              {createButton}
              <Link to="/playbooks">{t('emptyPlaybook')}</Link>
            </Space>
          ),
        }}
        toolbar={
          <>
            <SearchBox value={filters.q} onChange={(q) => setFilters({ q })} placeholder={t('search')} />
            <Select
              value={filters.layer}
              aria-label={t('layer')}
              style={{ width: 130 }}
              options={[{ value: '', label: t('layerAll') }, ...layers.map((layer) => ({ value: layer, label: t(layerKeys[layer]) }))]}
              onChange={(layer) => setFilters({ layer })}
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
            render: (_, tag) => (
              <>
                <Link to="/tags/$key" params={{ key: tag.key }} className="definition-name">
                  {tag.name}
                </Link>
                <div className="definition-key">{tag.key}</div>
              </>
            ),
          },
          { title: t('layer'), key: 'layer', width: 90, render: (_, tag) => t(layerKeys[tag.layer]) },
          { title: d('meaning'), key: 'meaning', render: (_, tag) => <Meaning definition={tag} /> },
          { title: d('mode'), key: 'mode', width: 90, render: (_, tag) => d(tag.mode) },
          {
            title: d('size'),
            key: 'size',
            ...numberCell,
            width: 100,
            sorter: (a, b) => a.size - b.size,
            render: (_, tag) => (
              <Link to="/people" search={{ tag: tag.key }}>
                <Num value={tag.size} />
              </Link>
            ),
          },
          { title: t('scene'), key: 'scene', width: 150, render: (_, tag) => tag.scene || <span className="muted">–</span> },
          { title: d('owner'), key: 'owner', width: 110, render: (_, tag) => (tag.owner === 'system' ? d('ownerSystem') : tag.owner) },
          {
            title: d('updated'),
            key: 'updated',
            width: 110,
            sorter: (a, b) => a.updatedAt.localeCompare(b.updatedAt),
            render: (_, tag) => (tag.status === 'archived' ? <StateText state="archived" /> : <TimeAgo at={tag.updatedAt} />),
          },
        ]}
      />
      {creating && (
        <TagDrawer
          existing={null}
          onClose={() => setCreating(false)}
          onStored={(key) => void navigate({ to: '/tags/$key', params: { key } })}
        />
      )}
    </>
  )
}

function matches(tag: TagView, q: string): boolean {
  const wanted = q.trim().toLowerCase()
  return wanted === '' || `${tag.name} ${tag.key} ${tag.scene} ${tag.description}`.toLowerCase().includes(wanted)
}
