import { SearchOutlined } from '@ant-design/icons'
import { Button, Input, Skeleton, Table, type TableColumnsType } from 'antd'
import { type ReactNode, useEffect, useRef, useState } from 'react'
import type { ListState } from '../api/hooks.ts'
import { useT } from '../i18n/index.ts'
import { type Folders, FolderTable } from './folder-table.tsx'
import { opening } from './row-open.ts'
import { EmptyState, type EmptyStateProps, ErrorState } from './states.tsx'
import { texts } from './texts.ts'

export interface DataTableProps<Row extends object> {
  list: ListState<Row>
  columns: TableColumnsType<Row>
  rowKey: (row: Row) => string | number
  /** Row click and Enter open the thing. */
  onOpen?: (row: Row) => void
  /** Shown when there is nothing at all: what this is for, and the first step. */
  empty: EmptyStateProps
  /** Whether filters are set: then an empty table says that nothing matches. */
  filtered?: boolean
  onClearFilters?: () => void
  /** Above the table: filters. */
  toolbar?: ReactNode
  scrollX?: number
  /** Rows lie in folders that open and close. */
  folders?: Folders<Row> | undefined
  /** Of how many the rows are those that fit the filters. */
  total?: number | undefined
}

/** A list page's table: skeleton, error, empty, rows, and "load more" by key. */
export function DataTable<Row extends object>(props: DataTableProps<Row>) {
  const { list, columns, rowKey, onOpen, toolbar, scrollX = 'max-content' } = props
  return (
    <div className="data-table">
      {toolbar && <div className="toolbar">{toolbar}</div>}
      {list.isPending && !list.error ? (
        <TableSkeleton />
      ) : list.error && list.rows.length === 0 ? (
        <ErrorState error={list.error} onRetry={list.refetch} />
      ) : list.rows.length === 0 ? (
        <NoRows {...props} />
      ) : (
        <>
          {props.folders === undefined ? (
            <Table<Row>
              size="small"
              columns={columns}
              dataSource={[...list.rows]}
              rowKey={rowKey}
              pagination={false}
              scroll={{ x: scrollX }}
              {...(onOpen ? { onRow: (row) => opening(() => onOpen(row)) } : {})}
            />
          ) : (
            <FolderTable rows={list.rows} rowKey={rowKey} onOpen={onOpen} folders={props.folders} scrollX={scrollX} />
          )}
          <TableFoot list={list} total={props.total ?? list.rows.length} />
        </>
      )}
    </div>
  )
}

function TableFoot({ list, total }: { list: ListState<unknown>; total: number }) {
  const t = useT(texts)
  const count = list.rows.length
  const words = list.hasMore ? t('shown', { count }) : count < total ? t('shownOf', { count, total }) : t('shownAll', { count })
  return (
    <div className="table-foot">
      <span className="muted">{words}</span>
      {list.hasMore && (
        <Button size="small" onClick={list.loadMore} loading={list.isLoadingMore}>
          {t('loadMore')}
        </Button>
      )}
    </div>
  )
}

function NoRows<Row extends object>({ filtered, onClearFilters, empty }: DataTableProps<Row>) {
  const t = useT(texts)
  if (!filtered) return <EmptyState {...empty} />
  return (
    <EmptyState
      title={t('noMatch')}
      text={t('noMatchHint')}
      action={onClearFilters && <Button onClick={onClearFilters}>{t('reset')}</Button>}
    />
  )
}

function TableSkeleton() {
  return (
    <div className="table-skeleton" aria-busy="true">
      <Skeleton active title={false} paragraph={{ rows: 8, width: '100%' }} />
    </div>
  )
}

/** How long a typist may pause before the list is asked again. */
const typingPauseMs = 250

/** Search box of a list; `/` jumps into it, Esc empties it. */
export function SearchBox(props: { value: string; onChange: (value: string) => void; placeholder: string; width?: number }) {
  const [text, setText] = useState(props.value)
  const given = useRef(props.value)
  const change = useRef(props.onChange)
  change.current = props.onChange
  useEffect(() => {
    if (props.value !== given.current) {
      given.current = props.value
      setText(props.value)
    }
  }, [props.value])
  useEffect(() => {
    if (text === given.current) return
    const timer = setTimeout(() => {
      given.current = text
      change.current(text)
    }, typingPauseMs)
    return () => clearTimeout(timer)
  }, [text])
  return (
    <Input
      prefix={<SearchOutlined className="muted" />}
      allowClear
      value={text}
      data-search-box
      placeholder={props.placeholder}
      aria-label={props.placeholder}
      style={{ width: props.width ?? 280 }}
      onChange={(event) => setText(event.target.value)}
      onKeyDown={(event) => {
        if (event.key === 'Escape') setText('')
      }}
    />
  )
}

/** A cell of numbers: aligned right with even digits. */
export const numberCell = { align: 'right' as const, className: 'num' }
