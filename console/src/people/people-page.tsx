import type { PersonSummary } from '@chaoxi/contract'
import { useNavigate } from '@tanstack/react-router'
import { Button, Select, type TableColumnsType } from 'antd'
import { useMemo } from 'react'
import { useEndpoint, usePages } from '../api/hooks.ts'
import { type Translate, useT } from '../i18n/index.ts'
import { useTagValues } from '../rules/pickers.tsx'
import { DataTable, SearchBox } from '../ui/data-table.tsx'
import { useFilters } from '../ui/filters.ts'
import { PageHeader } from '../ui/page-header.tsx'
import { PersonLink } from '../ui/person-link.tsx'
import { Phone, TimeAgo } from '../ui/values.tsx'
import { PeopleSource, SaveList, sourceFilters, sourceQuery, useSourceWords } from './people-source.tsx'
import { texts } from './texts.ts'

const noFilters = { q: '', tag: '', tagValue: '', segment: '', ...sourceFilters }

export function PeoplePage() {
  const t = useT(texts)
  const navigate = useNavigate()
  const [filters, setFilters] = useFilters(noFilters)
  const query = {
    q: filters.q,
    ...(filters.tag ? { tag: filters.tag, ...(filters.tagValue ? { tagValue: filters.tagValue } : {}) } : {}),
    ...(filters.segment ? { segment: filters.segment } : {}),
    ...sourceQuery(filters),
  }
  const list = usePages('people', { query })
  const filtered = Object.values(filters).some((value) => value !== '')
  const source = useSourceWords(filters)
  const columns = useMemo(() => columnsOf(t), [t])
  return (
    <>
      <PageHeader
        title={t('title')}
        subtitle={t('subtitle')}
        actions={filtered && list.rows.length > 0 && <SaveList query={query} suggestion={source ?? filters.q} />}
      />
      <DataTable<PersonSummary>
        list={list}
        columns={columns}
        rowKey={(person) => person.id}
        onOpen={(person) => void navigate({ to: '/people/$id', params: { id: String(person.id) } })}
        filtered={filtered}
        onClearFilters={() => setFilters(noFilters)}
        toolbar={
          <>
            <SearchBox value={filters.q} onChange={(q) => setFilters({ q })} placeholder={t('search')} />
            <DefinitionSelect
              kind="tags"
              value={filters.tag}
              onChange={(tag) => setFilters({ tag, tagValue: '' })}
              placeholder={t('byTag')}
            />
            <TagValueSelect tag={filters.tag} value={filters.tagValue} onChange={(tagValue) => setFilters({ tagValue })} />
            <DefinitionSelect
              kind="segments"
              value={filters.segment}
              onChange={(segment) => setFilters({ segment })}
              placeholder={t('bySegment')}
            />
            <PeopleSource filters={filters} onClear={() => setFilters(sourceFilters)} />
          </>
        }
        empty={{
          title: t('emptyTitle'),
          text: t('emptyText'),
          action: (
            <Button type="primary" href="/demo/" target="_blank">
              {t('openShop')}
            </Button>
          ),
        }}
      />
    </>
  )
}

function columnsOf(t: Translate<keyof typeof texts>): TableColumnsType<PersonSummary> {
  const dash = (value: string | null) => value ?? <span className="muted">–</span>
  return [
    { title: t('name'), key: 'name', render: (_, person) => <PersonLink person={person} /> },
    { title: t('userId'), dataIndex: 'userId', render: dash },
    { title: t('phone'), dataIndex: 'phone', className: 'num', render: (phone: string | null) => <Phone value={phone} /> },
    { title: t('email'), dataIndex: 'email', render: dash },
    { title: t('firstSeen'), dataIndex: 'createdAt', width: 130, render: (at: string) => <TimeAgo at={at} /> },
    { title: t('lastSeen'), dataIndex: 'lastSeenAt', width: 130, render: (at: string | null) => <TimeAgo at={at} /> },
  ]
}

/** Of a tag with values, which. */
function TagValueSelect({ tag, value, onChange }: { tag: string; value: string; onChange: (value: string) => void }) {
  const t = useT(texts)
  const values = useTagValues(tag)
  if (values.length === 0) return null
  return (
    <Select
      allowClear
      style={{ width: 150 }}
      placeholder={t('byTagValue')}
      aria-label={t('byTagValue')}
      value={value === '' ? null : value}
      onChange={(chosen: string | null | undefined) => onChange(chosen ?? '')}
      options={values.map((one) => ({ value: one, label: one }))}
    />
  )
}

function DefinitionSelect(props: { kind: 'tags' | 'segments'; value: string; onChange: (key: string) => void; placeholder: string }) {
  const { data, isPending } = useEndpoint(props.kind)
  return (
    <Select
      allowClear
      showSearch={{ optionFilterProp: 'label' }}
      style={{ width: 190 }}
      loading={isPending}
      placeholder={props.placeholder}
      aria-label={props.placeholder}
      value={props.value === '' ? null : props.value}
      onChange={(key: string | null | undefined) => props.onChange(key ?? '')}
      options={(data?.items ?? []).map(({ key, name }) => ({ value: key, label: name }))}
    />
  )
}
