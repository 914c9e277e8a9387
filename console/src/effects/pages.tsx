import { DownloadOutlined } from '@ant-design/icons'
import { csvOf, type EffectRow } from '@chaoxi/contract'
import { Link } from '@tanstack/react-router'
import { Button, Table } from 'antd'
import { useMemo } from 'react'
import { useEndpoint } from '../api/hooks.ts'
import { useLanguage, useT } from '../i18n/index.ts'
import { useTimeZone } from '../shell/me.ts'
import { useFilters } from '../ui/filters.ts'
import { PageHeader } from '../ui/page-header.tsx'
import { saveFile } from '../ui/save-file.ts'
import { Stat } from '../ui/stat.tsx'
import { EmptyState, Loaded } from '../ui/states.tsx'
import { Money, Num, Rate } from '../ui/values.tsx'
import { effectCells, type Span, useEffectColumns } from './effect-columns.tsx'
import { Period } from './period.tsx'
import { Roi } from './roi.tsx'
import { spanOf } from './span.ts'
import { texts } from './texts.ts'

export function EffectsPage() {
  const t = useT(texts)
  const timeZone = useTimeZone()
  const [filters, setFilters] = useFilters({ from: '', to: '' })
  const span = useMemo(() => spanOf(filters.from, filters.to, timeZone), [filters.from, filters.to, timeZone])
  const effects = useEndpoint('effects', { query: span }, { refreshMs: 5_000 })
  return (
    <>
      <PageHeader
        title={t('title')}
        subtitle={t('subtitle')}
        actions={effects.data && effects.data.rows.length > 0 && <Export rows={effects.data.rows} />}
      />
      <div className="stack">
        <Period from={filters.from} to={filters.to} onChange={setFilters} />
        <Loaded query={effects}>
          {({ rows, total }) => (rows.length === 0 ? <NoEffects /> : <Effects rows={rows} total={total} span={span} />)}
        </Loaded>
      </div>
    </>
  )
}

function NoEffects() {
  const t = useT(texts)
  return (
    <div className="panel">
      <EmptyState title={t('emptyTitle')} text={t('emptyText')} action={<Link to="/journeys">{t('toJourneys')}</Link>} />
    </div>
  )
}

function Effects({ rows, total, span }: { rows: readonly EffectRow[]; total: EffectRow; span: Span }) {
  const t = useT(texts)
  const language = useLanguage()
  const columns = useEffectColumns(span)
  return (
    <>
      <div className="stats">
        <Stat label={t('reached')} hint={t('reachedHint')}>
          <Num value={total.reached} short />
        </Stat>
        <Stat
          label={t('clicked')}
          hint={t('clickedHint')}
          note={
            <span className="muted">
              {t('clickRate')} <Rate value={total.clickRate} />
            </span>
          }
        >
          <Num value={total.clicked} short />
        </Stat>
        <Stat
          label={t('converted')}
          hint={t('convertedHint')}
          note={
            <span className="muted">
              {t('conversionRate')} <Rate value={total.conversionRate} />
            </span>
          }
        >
          <Num value={total.converted} short />
        </Stat>
        <Stat label={t('sales')} hint={t('salesHint')}>
          <Money fen={total.salesFen} short />
        </Stat>
        <Stat label={t('cost')} hint={t('costHint')}>
          <Money fen={total.costFen} short />
        </Stat>
        <Stat label={t('roi')} hint={t('roiHint')}>
          <Roi value={total.roi} />
        </Stat>
      </div>
      <div className="data-table">
        <Table<EffectRow>
          size="small"
          pagination={false}
          rowKey={(row) => `${row.journeyId}:${row.version}`}
          columns={columns}
          dataSource={[...rows]}
          scroll={{ x: 'max-content' }}
          summary={() => (
            <Table.Summary.Row className="summary-row">
              {effectCells(total, language, span).map((content, index) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: the columns stay where they are
                <Table.Summary.Cell key={index} index={index} align={index < 2 ? 'left' : 'right'}>
                  {index === 0 ? t('total') : index === 1 ? null : content}
                </Table.Summary.Cell>
              ))}
            </Table.Summary.Row>
          )}
        />
        <div className="table-foot muted">{t('note')}</div>
      </div>
    </>
  )
}

/** The table as a file that Excel opens; amounts in yuan, rates as fractions. */
function Export({ rows }: { rows: readonly EffectRow[] }) {
  const t = useT(texts)
  const save = () => {
    const head = [
      t('journey'),
      t('sent'),
      t('reached'),
      t('clicked'),
      t('clickRate'),
      t('converted'),
      t('conversionRate'),
      t('sales'),
      t('cost'),
      t('roi'),
    ]
    const lines = rows.map((row) => [
      row.name,
      row.sent,
      row.reached,
      row.clicked,
      row.clickRate,
      row.converted,
      row.conversionRate,
      row.salesFen / 100,
      row.costFen / 100,
      row.roi,
    ])
    saveFile(`${t('title')}.csv`, csvOf([head, ...lines]))
  }
  return (
    <Button icon={<DownloadOutlined />} onClick={save}>
      {t('export')}
    </Button>
  )
}
