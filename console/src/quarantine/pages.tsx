import type { QuarantineItem } from '@chaoxi/contract'
import { Link } from '@tanstack/react-router'
import { Segmented, Select, type TableColumnsType } from 'antd'
import { useMemo, useState } from 'react'
import { useEndpoint, usePages } from '../api/hooks.ts'
import { type Language, type Translate, useLanguage, useT } from '../i18n/index.ts'
import { DataTable } from '../ui/data-table.tsx'
import { useFilters } from '../ui/filters.ts'
import { formatNumber } from '../ui/format.ts'
import { PageHeader } from '../ui/page-header.tsx'
import { problemWords } from '../ui/problem-words.ts'
import { TimeAgo } from '../ui/values.tsx'
import { ItemDrawer } from './item-drawer.tsx'
import { quarantineReason } from './reason.ts'
import { texts } from './texts.ts'
import './quarantine.css'

type Status = QuarantineItem['status']
const statuses: readonly Status[] = ['open', 'replayed', 'discarded']
const refreshMs = 5_000

export function QuarantinePage() {
  const t = useT(texts)
  const language = useLanguage()
  const [filters, setFilters] = useFilters({ status: 'open', reason: '' })
  const status = statuses.find((each) => each === filters.status) ?? 'open'
  const [opened, setOpened] = useState<QuarantineItem | null>(null)
  const { reason } = filters
  const list = usePages('quarantine', { query: { status, ...(reason === '' ? {} : { reason }) } }, { refreshMs })
  // One row, for the counts: the list itself may hold several pages.
  const counts = useEndpoint('quarantine', { query: { status, limit: 1 } }, { refreshMs }).data?.reasons ?? []
  const number = (count: number) => formatNumber(count, language)
  const total = counts.reduce((sum, { count }) => sum + count, 0)
  const columns = useMemo(() => columnsOf(t, language), [t, language])
  const emptyTitles = { open: t('emptyTitle'), replayed: t('noneReplayed'), discarded: t('noneDiscarded') }
  return (
    <>
      <PageHeader title={t('title')} subtitle={t('subtitle')} />
      <DataTable<QuarantineItem>
        list={list}
        columns={columns}
        rowKey={(item) => item.id}
        onOpen={setOpened}
        toolbar={
          <>
            <Segmented<Status>
              value={status}
              onChange={(next) => setFilters({ status: next === 'open' ? '' : next, reason: '' })}
              options={statuses.map((value) => ({ value, label: t(value) }))}
            />
            <Select<string>
              value={reason}
              aria-label={t('reason')}
              popupMatchSelectWidth={false}
              style={{ minWidth: 220 }}
              options={[
                { value: '', label: t('reasonAny', { count: number(total) }) },
                ...counts.map((one) => ({ value: one.reason, label: `${quarantineReason(one.reason, language)} · ${number(one.count)}` })),
              ]}
              onChange={(next) => setFilters({ reason: next })}
            />
          </>
        }
        filtered={reason !== ''}
        onClearFilters={() => setFilters({ reason: '' })}
        empty={{
          title: emptyTitles[status],
          ...(status === 'open' ? { text: t('emptyText'), action: <Link to="/settings/keys">{t('toKeys')}</Link> } : {}),
        }}
      />
      {opened && <ItemDrawer key={opened.id} item={opened} onClose={() => setOpened(null)} />}
    </>
  )
}

function columnsOf(t: Translate<keyof typeof texts>, language: Language): TableColumnsType<QuarantineItem> {
  return [
    { title: t('receivedAt'), dataIndex: 'receivedAt', width: 120, render: (at: string) => <TimeAgo at={at} /> },
    { title: t('source'), dataIndex: 'source', width: 130 },
    { title: t('reason'), key: 'reason', width: 170, render: (_, item) => quarantineReason(item.reason, language) },
    {
      title: t('problem'),
      key: 'problem',
      width: 300,
      render: (_, { problems }) => {
        const [first, ...rest] = problems
        if (!first) return <span className="muted">–</span>
        return (
          <span>
            {first.path && <code>{first.path}</code>} {problemWords(first.message, language)}
            {rest.length > 0 && <span className="muted"> {t('moreProblems', { count: rest.length })}</span>}
          </span>
        )
      },
    },
    { title: t('raw'), key: 'raw', render: (_, item) => <code className="raw-preview ellipsis">{item.raw.slice(0, 300)}</code> },
  ]
}
