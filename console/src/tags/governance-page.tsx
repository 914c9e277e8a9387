import { Tabs } from 'antd'
import { useT } from '../i18n/index.ts'
import { PageHeader, useFilters } from '../ui/index.ts'
import './definitions.css'
import { GovernanceList } from './governance-list.tsx'
import { GovernanceMonth } from './governance-month.tsx'
import { governanceTexts } from './governance-texts.ts'

/** Order among tags and segments: what is to be cleaned up, and what a month changed. */
export function GovernancePage() {
  const t = useT(governanceTexts)
  const [filters, setFilters] = useFilters({ tab: '' })
  return (
    <>
      <PageHeader title={t('title')} subtitle={t('subtitle')} />
      <Tabs
        activeKey={filters.tab === '' ? 'list' : filters.tab}
        onChange={(tab) => setFilters({ tab: tab === 'list' ? '' : tab })}
        destroyOnHidden
        items={[
          { key: 'list', label: t('listTab'), children: <GovernanceList /> },
          { key: 'month', label: t('reportTab'), children: <GovernanceMonth /> },
        ]}
      />
    </>
  )
}
