import { DeleteOutlined, PlusOutlined } from '@ant-design/icons'
import { Button, Input } from 'antd'
import type { ReactNode } from 'react'
import { IconButton } from '../../ui/index.ts'

interface Named {
  readonly name: string
}

interface NamedRowsProps<Row extends Named> {
  rows: readonly Row[]
  max: number
  nameMax: number
  words: { name: string; remove: string; add: string }
  /** What a new row is. */
  blank: Row
  isName: (name: string) => boolean
  /** Stands beside the name. */
  beside?: (row: Row, change: (row: Row) => void) => ReactNode
  /** Stands under the name. */
  children: (row: Row, change: (row: Row) => void) => ReactNode
  onChange: (rows: Row[]) => void
}

/** Things that the operator names, each with fields of its own; added at the end, removed anywhere. */
export function NamedRows<Row extends Named>(props: NamedRowsProps<Row>) {
  const { rows, max, nameMax, words, blank, isName, beside, children, onChange } = props
  return (
    <>
      {rows.map((row, index) => {
        const change = (next: Row) => onChange(rows.with(index, next))
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: names may repeat while they are written, and a row keeps nothing that is not in `rows`, so one that takes another's place shows what it should.
          <div key={index} className="exit-item named-row">
            <div style={{ display: 'flex', gap: 4 }}>
              <Input
                value={row.name}
                maxLength={nameMax}
                aria-label={words.name}
                placeholder={words.name}
                status={isName(row.name) ? '' : 'error'}
                onChange={({ target }) => change({ ...row, name: target.value })}
              />
              {beside?.(row, change)}
              <IconButton icon={<DeleteOutlined />} label={words.remove} onClick={() => onChange(rows.toSpliced(index, 1))} />
            </div>
            {children(row, change)}
          </div>
        )
      })}
      {rows.length < max && (
        <Button size="small" icon={<PlusOutlined />} onClick={() => onChange([...rows, blank])}>
          {words.add}
        </Button>
      )}
    </>
  )
}
