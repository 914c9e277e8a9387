import { Link } from '@tanstack/react-router'
import { Tabs } from 'antd'
import { useEndpoint } from '../api/hooks.ts'
import { useT } from '../i18n/index.ts'
import { EmptyState, ErrorState, PageHeader, useFilters } from '../ui/index.ts'
import { DefinitionSelect } from './definition-select.tsx'
import './insight.css'
import { type DefinitionRef, refOf } from './names.ts'
import { OverlapView } from './overlap-view.tsx'
import { PortraitView } from './portrait-view.tsx'
import { SizeView } from './size-view.tsx'
import { insightTexts } from './texts.ts'

const noFilters = { of: '', tab: '', against: '', shares: '', with: '', from: '', to: '', day: '', one: '' }
export type InsightFilters = typeof noFilters
export type SetInsightFilters = (change: Partial<InsightFilters>) => void

/** The people of one segment or tag: who they are, whom they share, how their number moves. */
export function InsightPage() {
  const t = useT(insightTexts)
  const [filters, setFilters] = useFilters(noFilters)
  const of = refOf(filters.of)
  return (
    <>
      <PageHeader
        title={t('title')}
        subtitle={t('subtitle')}
        actions={
          <DefinitionSelect
            value={filters.of}
            onChange={(value) =>
              setFilters({ of: value, against: filters.against === value ? '' : filters.against, with: '', day: '', one: '' })
            }
            label={t('choose')}
          />
        }
      />
      {of === null ? (
        <div className="panel">
          <EmptyState title={t('emptyTitle')} text={t('emptyText')} />
        </div>
      ) : (
        <Insight key={filters.of} of={of} filters={filters} setFilters={setFilters} />
      )}
    </>
  )
}

function Insight({ of, filters, setFilters }: { of: DefinitionRef; filters: InsightFilters; setFilters: SetInsightFilters }) {
  const t = useT(insightTexts)
  const definition = useEndpoint(of.kind, { params: { key: of.key } })
  if (definition.error && definition.data === undefined)
    return <ErrorState error={definition.error} onRetry={() => void definition.refetch()} />
  const { key } = of
  return (
    <Tabs
      activeKey={filters.tab === '' ? 'portrait' : filters.tab}
      onChange={(tab) => setFilters({ tab: tab === 'portrait' ? '' : tab })}
      destroyOnHidden
      tabBarExtraContent={
        of.kind === 'tag' ? (
          <Link to="/tags/$key" params={{ key }}>
            {t('toDefinition')}
          </Link>
        ) : (
          <Link to="/segments/$key" params={{ key }}>
            {t('toDefinition')}
          </Link>
        )
      }
      items={[
        { key: 'portrait', label: t('portraitTab'), children: <PortraitView of={of} filters={filters} setFilters={setFilters} /> },
        { key: 'overlap', label: t('overlapTab'), children: <OverlapView of={of} filters={filters} setFilters={setFilters} /> },
        {
          key: 'size',
          label: t('sizeTab'),
          children: <SizeView of={of} values={definition.data?.values ?? []} filters={filters} setFilters={setFilters} />,
        },
      ]}
    />
  )
}
