import { DownloadOutlined } from '@ant-design/icons'
import { csvOf, type Output } from '@chaoxi/contract'
import { Button } from 'antd'
import { useRef, useState } from 'react'
import { call } from '../api/client.ts'
import { useLanguage, useT } from '../i18n/index.ts'
import { formatNumber, saveFile, useRun } from '../ui/index.ts'
import type { DefinitionRef } from './names.ts'
import { insightTexts } from './texts.ts'

const pageSize = 1_000

/** The people of a day as a file that Excel opens; it says how far it is, and can be stopped. */
export function ExportMembers({ of, query, name }: { of: DefinitionRef; query: { day: string; value?: string }; name: string }) {
  const t = useT(insightTexts)
  const language = useLanguage()
  const run = useRun()
  const [gathered, setGathered] = useState<number | null>(null)
  const stopped = useRef(false)
  const gather = async () => {
    const rows: (string | number | null)[][] = []
    let cursor: string | null = null
    do {
      const page: Output<'membersAt'> = await call('membersAt', {
        params: of,
        query: { ...query, limit: pageSize, ...(cursor === null ? {} : { cursor }) },
      })
      for (const { id, name: called, userId, phone, email, createdAt } of page.items)
        rows.push([id, called, userId, phone, email, createdAt])
      setGathered(rows.length)
      cursor = page.nextCursor
    } while (cursor !== null && !stopped.current)
    return rows
  }
  const save = async () => {
    stopped.current = false
    setGathered(0)
    await run(async () => {
      const rows = await gather()
      if (stopped.current) return
      const head = ['id', 'name', 'user_id', 'phone', 'email', 'created_at']
      saveFile(`${name}.csv`, csvOf([head, ...rows]))
    })
    setGathered(null)
  }
  if (gathered === null)
    return (
      <Button size="small" icon={<DownloadOutlined />} onClick={() => void save()}>
        {t('export')}
      </Button>
    )
  return (
    <span className="row" aria-live="polite">
      <span className="muted">{t('exporting', { count: formatNumber(gathered, language) })}</span>
      <Button
        size="small"
        onClick={() => {
          stopped.current = true
        }}
      >
        {t('exportStop')}
      </Button>
    </span>
  )
}
