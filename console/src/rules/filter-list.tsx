import { DeleteOutlined, PlusOutlined } from '@ant-design/icons'
import type { RuleFilter } from '@chaoxi/contract'
import { Button } from 'antd'
import { useT } from '../i18n/index.ts'
import { IconButton } from '../ui/index.ts'
import { FilterEditor } from './filter-editor.tsx'
import { useKnownProperties } from './pickers.tsx'
import { type RuleProblem, under } from './rule-problems.ts'
import { ruleTexts } from './texts.ts'
import type { KnownProperty } from './value-types.ts'

interface FilterListProps {
  event: string
  /** What may be asked about, where the catalogue does not say it. */
  known?: readonly KnownProperty[]
  filters: readonly RuleFilter[]
  problems: readonly RuleProblem[]
  dates: boolean
  /** What stands before the first one. */
  before?: string
  add?: string
  onChange: (filters: RuleFilter[]) => void
}

/** Tests of an event's properties, all of which must hold. */
export function FilterList({ event, known: given, filters, problems, dates, before, add, onChange }: FilterListProps) {
  const t = useT(ruleTexts)
  const seen = useKnownProperties(event)
  const known = given ?? seen
  return (
    <>
      {filters.map((filter, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: filters may repeat, and have no identity but their place.
        <div className="rule-fields rule-filter" key={index}>
          <span className="muted">{index === 0 ? (before ?? t('filterAnd')) : t('and')}</span>
          <FilterEditor
            filter={filter}
            known={known}
            problems={under(problems, String(index))}
            dates={dates}
            onChange={(next) => onChange(filters.map((old, at) => (at === index ? next : old)))}
          />
          <IconButton
            icon={<DeleteOutlined />}
            label={t('removeFilter')}
            onClick={() => onChange(filters.filter((_, at) => at !== index))}
          />
        </div>
      ))}
      <Button
        type="link"
        size="small"
        className="rule-add-filter"
        icon={<PlusOutlined />}
        disabled={event === ''}
        onClick={() => onChange([...filters, { property: '', op: 'eq', value: '' }])}
      >
        {add ?? t('addFilter')}
      </Button>
    </>
  )
}
