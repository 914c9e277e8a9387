import { isDateFilter, type JourneyDefinition, knownAt, type PropertyFilter } from '@chaoxi/contract'
import { useT } from '../../i18n/index.ts'
import { FilterList } from '../../rules/filter-list.tsx'
import { webhookTexts } from '../words/webhook-texts.ts'

interface RunFilterProps {
  definition: JourneyDefinition
  nodeId: string
  filters: readonly PropertyFilter[] | undefined
  onChange: (filters: PropertyFilter[]) => void
}

const types = { text: 'string', number: 'number', boolean: 'boolean' } as const

/** What systems outside have answered on the way here; nothing to choose where none was asked. */
export function RunFilterFields({ definition, nodeId, filters = [], onChange }: RunFilterProps) {
  const t = useT(webhookTexts)
  const known = knownAt(definition, nodeId).map(({ property, type }) => ({ name: property, type: types[type], samples: [] }))
  if (known.length === 0 && filters.length === 0) return null
  return (
    <FilterList
      event={known[0]?.name ?? ''}
      known={known}
      filters={filters}
      problems={[]}
      dates={false}
      before={t('runFilter')}
      add={t('runFilterAdd')}
      onChange={(next) => onChange(next.filter((filter) => !isDateFilter(filter)))}
    />
  )
}
