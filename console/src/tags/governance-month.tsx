import type { GovernanceReport } from '@chaoxi/contract'
import { DatePicker, Table } from 'antd'
import dayjs from 'dayjs'
import 'dayjs/locale/zh-cn.js'
import { useEndpoint } from '../api/hooks.ts'
import { useT } from '../i18n/index.ts'
import { useTimeZone } from '../shell/me.ts'
import { useWho } from '../shell/who.ts'
import { formatDate, Loaded, Num, numberCell, Stat, Time, useFilters } from '../ui/index.ts'
import { DefinitionLink } from './governance-list.tsx'
import { governanceTexts } from './governance-texts.ts'

/** What a month did to tags and segments. */
export function GovernanceMonth() {
  const t = useT(governanceTexts)
  const timeZone = useTimeZone()
  const current = formatDate(Date.now(), timeZone).slice(0, 7)
  const [filters, setFilters] = useFilters({ month: '' })
  const month = /^\d{4}-\d\d$/.test(filters.month) ? filters.month : current
  const query = useEndpoint('governanceReport', { query: { month } })
  return (
    <div className="stack">
      <div className="row">
        <span className="muted">{t('month')}</span>
        <DatePicker
          picker="month"
          size="small"
          allowClear={false}
          aria-label={t('month')}
          value={dayjs(`${month}-01`)}
          disabledDate={(day) => day.format('YYYY-MM') > current}
          onChange={(chosen) => setFilters({ month: chosen?.format('YYYY-MM') ?? '' })}
        />
      </div>
      <Loaded query={query}>{(report) => <Report report={report} />}</Loaded>
    </div>
  )
}

function Report({ report }: { report: GovernanceReport }) {
  const t = useT(governanceTexts)
  return (
    <>
      <div className="stats">
        <Stat label={t('monthTags')}>
          <Num value={report.tags} />
        </Stat>
        <Stat label={t('monthSegments')}>
          <Num value={report.segments} />
        </Stat>
        {(['created', 'changed', 'archived', 'restored'] as const).map((change) => (
          <Stat key={change} label={t(change)}>
            <Num value={report[change]} />
          </Stat>
        ))}
      </div>
      <section className="panel">
        <h2>{t('monthMoves')}</h2>
        <Moves moves={report.moves} />
      </section>
      <section className="panel">
        <h2>
          {t('monthChanges')}
          {report.more && <small>{t('monthMore')}</small>}
        </h2>
        <Changes changes={report.changes} />
      </section>
    </>
  )
}

function Moves({ moves }: { moves: GovernanceReport['moves'] }) {
  const t = useT(governanceTexts)
  if (moves.length === 0) return <p className="muted">{t('monthStill')}</p>
  const number = (field: 'before' | 'entered' | 'left' | 'after') => ({
    title: t(field),
    key: field,
    ...numberCell,
    render: (_: unknown, row: GovernanceReport['moves'][number]) => <Num value={row[field]} />,
  })
  return (
    <Table
      size="small"
      pagination={{ pageSize: 10, hideOnSinglePage: true, showSizeChanger: false }}
      rowKey={({ kind, key }) => `${kind}:${key}`}
      dataSource={moves}
      columns={[
        { title: t('name'), key: 'name', render: (_, row) => <DefinitionLink definition={row} /> },
        { title: t('kind'), key: 'kind', render: (_, row) => t(row.kind) },
        number('before'),
        number('entered'),
        number('left'),
        number('after'),
      ]}
    />
  )
}

function Changes({ changes }: { changes: GovernanceReport['changes'] }) {
  const t = useT(governanceTexts)
  const who = useWho()
  if (changes.length === 0) return <p className="muted">{t('monthQuiet')}</p>
  return (
    <Table
      size="small"
      pagination={{ pageSize: 20, hideOnSinglePage: true, showSizeChanger: false }}
      rowKey={({ kind, key, revision }) => `${kind}:${key}:${revision}`}
      dataSource={changes.toReversed()}
      columns={[
        { title: t('at'), key: 'at', render: (_, row) => <Time at={row.at} seconds={false} /> },
        { title: t('change'), key: 'change', render: (_, row) => t(row.change) },
        { title: t('kind'), key: 'kind', render: (_, row) => t(row.kind) },
        { title: t('name'), key: 'name', render: (_, row) => <DefinitionLink definition={row} /> },
        { title: t('by'), key: 'by', render: (_, row) => who(row.by) },
      ]}
    />
  )
}
