import { SearchOutlined } from '@ant-design/icons'
import { Input, type InputRef } from 'antd'
import { type Ref, useState } from 'react'
import { useT } from '../../i18n/index.ts'
import { boardTexts } from '../words/board-texts.ts'

export interface FindBoxProps {
  ref: Ref<InputRef>
  query: string
  /** Steps that were found, in order. */
  found: readonly string[]
  onQuery: (query: string) => void
  onShow: (id: string) => void
}

/** Finds steps by any of their words; Enter goes from one to the next. */
export function FindBox({ ref, query, found, onQuery, onShow }: FindBoxProps) {
  const t = useT(boardTexts)
  const [at, setAt] = useState(-1)
  const step = (by: 1 | -1) => {
    if (found.length === 0) return
    const next = at < 0 ? (by === 1 ? 0 : found.length - 1) : (at + by + found.length) % found.length
    setAt(next)
    onShow(found[next] ?? '')
  }
  const count = found.length === 0 ? t('findNone') : t('findCount', { at: at + 1, count: found.length })
  return (
    <Input
      ref={ref}
      className="journey-find"
      size="small"
      allowClear
      prefix={<SearchOutlined />}
      value={query}
      placeholder={`${t('find')} Ctrl+F`}
      aria-label={t('find')}
      title={t('findHint')}
      suffix={
        query.trim() === '' ? null : (
          <span className="muted num" aria-live="polite">
            {count}
          </span>
        )
      }
      onChange={(event) => {
        onQuery(event.target.value)
        setAt(-1)
      }}
      onKeyDown={(event) => {
        if (event.key === 'Enter') step(event.shiftKey ? -1 : 1)
        if (event.key === 'Escape') onQuery('')
        if (event.key === 'Enter' || event.key === 'Escape') event.stopPropagation()
      }}
    />
  )
}
