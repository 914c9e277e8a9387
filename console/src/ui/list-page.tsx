import { Button, Select } from 'antd'
import type { ReactNode } from 'react'
import type { ListState } from '../api/hooks.ts'
import { useT } from '../i18n/index.ts'
import { DataTable, SearchBox } from './data-table.tsx'
import { useFilters } from './filters.ts'
import type { Column, Folders } from './folder-table.tsx'
import { useKeys } from './keys.ts'
import { countsOf, filterRows, foldersOf, namesIn, namesText, type Wanted } from './list-filter.ts'
import { PageHeader } from './page-header.tsx'
import { texts } from './texts.ts'

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
  /** What else can be done with the whole list, before the button that creates. */
  actions?: ReactNode
  search: string
  /** What the search looks through. */
  textOf: (row: Row) => string
  choices?: readonly ListChoice<Row>[]
  /** What rows may be put together by; `label` is what that is called. */
  folders?: { label: string; of: (row: Row) => string }
  columns: readonly Column<Row>[]
  /** `action` stands beside the button that creates; with `instead`, in its place. */
  empty: { title: string; text: string; action?: ReactNode; instead?: boolean }
}

/** The page of a list that comes all at once: search and choices in the address bar, rows that open, one main action. */
export function ListPage<Row extends object>(props: ListPageProps<Row>) {
  const { list, create, choices = [], empty } = props
  const none = { q: '', ...Object.fromEntries(choices.map(({ name }) => [name, ''])) }
  const [filters, setFilters] = useFilters<string>(none)
  const wanted = { q: (filters.q ?? '').trim(), textOf: props.textOf, choices, chosen: filters }
  const rows = filterRows(list.rows, wanted)
  const { folders, toggles } = useFolders(props, rows, wanted.q !== '')
  useKeys({ n: create?.run })
  const button = create && (
    <Button type="primary" onClick={create.run}>
      {create.label}
    </Button>
  )
  return (
    <>
      <PageHeader
        title={props.title}
        subtitle={props.subtitle}
        actions={
          <>
            {props.actions}
            {button}
          </>
        }
      />
      <DataTable<Row>
        list={{ ...list, rows }}
        rowKey={props.rowKey}
        {...(props.onOpen ? { onOpen: props.onOpen } : {})}
        columns={[...props.columns]}
        folders={folders}
        total={list.rows.length}
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
            {choices.map((choice) => (
              <Select<string>
                key={choice.name}
                value={filters[choice.name] ?? ''}
                aria-label={choice.label}
                style={{ width: choice.width ?? 116 }}
                popupMatchSelectWidth={false}
                options={counted(choice, list.rows, wanted)}
                onChange={(value) => setFilters({ [choice.name]: value })}
              />
            ))}
            {toggles}
          </>
        }
      />
    </>
  )
}

/** Each option with how many rows it would leave. */
function counted<Row>(choice: ListChoice<Row>, rows: readonly Row[], wanted: Wanted<Row>) {
  if (choice.keep === undefined) return [...choice.options]
  const counts = countsOf(
    rows,
    wanted,
    choice,
    choice.options.map(({ value }) => value),
  )
  return choice.options.map(({ value, label }) => ({ value, label: value === '' ? label : `${label} ${counts.get(value) ?? 0}` }))
}

/** Folders as the address bar has them; whoever searches sees into all. */
function useFolders<Row extends object>({ folders, columns }: ListPageProps<Row>, rows: readonly Row[], searching: boolean) {
  const t = useT(texts)
  const [{ folders: shown, closed: closedText }, set] = useFilters({ folders: '', closed: '' })
  if (folders === undefined) return { folders: undefined, toggles: null }
  const closed = namesIn(closedText)
  const close = (names: Iterable<string>) => set({ closed: namesText(names) })
  const names = foldersOf(rows, folders.of).map(({ name }) => name)
  const grouping = shown !== ''
  const allClosed = names.every((name) => closed.has(name))
  const given: Folders<Row> = {
    columns,
    of: folders.of,
    title: (name) => (name === '' ? t('noFolder') : name),
    isOpen: (name) => searching || !closed.has(name),
    toggle: (name) => close(closed.has(name) ? [...closed].filter((other) => other !== name) : [...closed, name]),
  }
  const toggles = (
    <>
      <Select<string>
        value={grouping ? 'on' : ''}
        aria-label={t('grouping')}
        style={{ width: 132 }}
        popupMatchSelectWidth={false}
        options={[
          { value: '', label: t('noFolders') },
          { value: 'on', label: t('byFolder', { what: folders.label.toLowerCase() }) },
        ]}
        onChange={(value) => set({ folders: value, closed: '' })}
      />
      {grouping && names.length > 1 && !searching && (
        <Button type="text" onClick={() => close(allClosed ? [] : names)}>
          {t(allClosed ? 'openAll' : 'closeAll')}
        </Button>
      )}
    </>
  )
  return { folders: grouping ? given : undefined, toggles }
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
