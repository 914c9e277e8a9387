import { Button, Select, type TableColumnsType } from 'antd'
import type { ReactNode } from 'react'
import type { ListState } from '../api/hooks.ts'
import { DataTable, SearchBox } from './data-table.tsx'
import { useFilters } from './filters.ts'
import { useKeys } from './keys.ts'
import { PageHeader } from './page-header.tsx'

/** A choice above the list; its value lives in the address bar under `name`. The first option has the value '' and means any. */
export interface ListChoice<Row> {
  name: string
  label: string
  options: readonly { value: string; label: string }[]
  /** Left out where the endpoint has chosen already. */
  keep?: (row: Row, value: string) => boolean
  width?: number
}

export interface ListPageProps<Row extends object> {
  title: string
  subtitle: string
  list: ListState<Row>
  rowKey: (row: Row) => string
  onOpen?: (row: Row) => void
  /** What makes a new one, also under the key `n`; null for who may not. */
  create: { label: string; run: () => void } | null
  search: string
  /** What the search looks through. */
  textOf: (row: Row) => string
  choices?: readonly ListChoice<Row>[]
  columns: TableColumnsType<Row>
  /** `action` stands beside the button that creates; with `instead`, in its place. */
  empty: { title: string; text: string; action?: ReactNode; instead?: boolean }
}

/** The page of a list that comes all at once: search and choices in the address bar, rows that open, one main action. */
export function ListPage<Row extends object>(props: ListPageProps<Row>) {
  const { list, create, choices = [], empty } = props
  const none = { q: '', ...Object.fromEntries(choices.map(({ name }) => [name, ''])) }
  const [filters, setFilters] = useFilters<string>(none)
  const wanted = (filters.q ?? '').trim().toLowerCase()
  const rows = list.rows.filter(
    (row) =>
      (wanted === '' || props.textOf(row).toLowerCase().includes(wanted)) &&
      choices.every(({ name, keep }) => !filters[name] || !keep || keep(row, filters[name])),
  )
  useKeys({ n: create?.run })
  const button = create && (
    <Button type="primary" onClick={create.run}>
      {create.label}
    </Button>
  )
  return (
    <>
      <PageHeader title={props.title} subtitle={props.subtitle} actions={button} />
      <DataTable<Row>
        list={{ ...list, rows }}
        rowKey={props.rowKey}
        {...(props.onOpen ? { onOpen: props.onOpen } : {})}
        columns={props.columns}
        filtered={Object.keys(none).some((name) => filters[name])}
        onClearFilters={() => setFilters(none)}
        empty={{
          title: empty.title,
          text: empty.text,
          action: (
            <div className="row empty-actions">
              {empty.instead ? null : button}
              {empty.action}
            </div>
          ),
        }}
        toolbar={
          <>
            <SearchBox value={filters.q ?? ''} onChange={(q) => setFilters({ q })} placeholder={props.search} />
            {choices.map(({ name, label, options, width }) => (
              <Select<string>
                key={name}
                value={filters[name] ?? ''}
                aria-label={label}
                style={{ width: width ?? 130 }}
                options={[...options]}
                onChange={(value) => setFilters({ [name]: value })}
              />
            ))}
          </>
        }
      />
    </>
  )
}

/** What a thing is called, as the link that opens it, and the key by which rules and files name it. */
export function NameCell({ code, children }: { code: string; children: ReactNode }) {
  return (
    <>
      <span className="name-cell">{children}</span>
      <div className="name-key">{code}</div>
    </>
  )
}

export const byName = (a: { name: string }, b: { name: string }) => a.name.localeCompare(b.name, 'zh-CN')
export const byUpdate = (a: { updatedAt: string }, b: { updatedAt: string }) => a.updatedAt.localeCompare(b.updatedAt)
