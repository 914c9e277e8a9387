import { CaretDownOutlined, CaretRightOutlined } from '@ant-design/icons'
import { Table, type TableColumnType } from 'antd'
import type { ReactNode } from 'react'
import { foldersOf } from './list-filter.ts'
import { opening, toggling } from './row-open.ts'

/** A column whose cells are their content and nothing else. */
export type Column<Row> = Omit<TableColumnType<Row>, 'render'> & { render?: (value: unknown, row: Row, place: number) => ReactNode }

export interface Folders<Row> {
  readonly columns: readonly Column<Row>[]
  readonly of: (row: Row) => string
  /** What is shown for a folder's name; that of those that lie in none is ''. */
  readonly title: (name: string) => ReactNode
  readonly isOpen: (name: string) => boolean
  readonly toggle: (name: string) => void
}

interface Folder<Row> {
  readonly folder: string
  readonly rows: Row[]
}

interface Props<Row extends object> {
  readonly rows: readonly Row[]
  readonly rowKey: (row: Row) => string | number
  readonly onOpen?: ((row: Row) => void) | undefined
  readonly folders: Folders<Row>
  readonly scrollX: number | 'max-content'
}

/** A table whose rows lie in folders that open and close; columns sort within each. */
export function FolderTable<Row extends object>({ rows, rowKey, onOpen, folders, scrollX }: Props<Row>) {
  const { columns } = folders
  const inside = new Set<object>(rows)
  const isRow = (one: Row | Folder<Row>): one is Row => inside.has(one)
  const groups: Folder<Row>[] = foldersOf(rows, folders.of).map(({ name, rows: own }) => ({ folder: name, rows: own }))
  const keyOf = (name: string) => `folder:${name}`
  return (
    <Table<Row | Folder<Row>>
      size="small"
      columns={columns.map((column, i) => spanned(column, i, columns.length, isRow, folders))}
      dataSource={groups}
      rowKey={(one) => (isRow(one) ? rowKey(one) : keyOf(one.folder))}
      pagination={false}
      scroll={{ x: scrollX }}
      expandable={{
        childrenColumnName: 'rows',
        expandedRowKeys: groups.filter(({ folder }) => folders.isOpen(folder)).map(({ folder }) => keyOf(folder)),
        expandIcon: () => null,
        indentSize: 0,
      }}
      onRow={(one) => {
        if (!isRow(one)) return toggling(folders.isOpen(one.folder), () => folders.toggle(one.folder))
        return onOpen ? opening(() => onOpen(one)) : {}
      }}
    />
  )
}

/** A column of rows; a folder's line goes over all of them. */
function spanned<Row extends object>(
  column: Column<Row>,
  place: number,
  columns: number,
  isRow: (one: Row | Folder<Row>) => one is Row,
  { title, isOpen }: Folders<Row>,
): Column<Row | Folder<Row>> {
  const { sorter, render } = column
  return {
    title: typeof column.title === 'function' ? '' : column.title,
    key: column.key,
    width: column.width,
    align: column.align,
    className: column.className,
    onCell: (one) =>
      isRow(one) ? (place === 0 ? { className: 'in-folder' } : {}) : { colSpan: place === 0 ? columns : 0, style: { textAlign: 'left' } },
    ...(typeof sorter === 'function' ? { sorter: (a, b) => (isRow(a) && isRow(b) ? sorter(a, b) : 0) } : {}),
    render: (value, one, i) => {
      if (isRow(one)) return render?.(value, one, i)
      const Caret = isOpen(one.folder) ? CaretDownOutlined : CaretRightOutlined
      return (
        <span className="folder-name">
          <Caret /> {title(one.folder)} <span className="muted num">{one.rows.length}</span>
        </span>
      )
    },
  }
}
