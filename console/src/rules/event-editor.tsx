import { DeleteOutlined, PlusOutlined } from '@ant-design/icons'
import type { Comparison, EventMatch, EventRule, Measure, RuleFilter, RuleWindow } from '@chaoxi/contract'
import { Button, InputNumber, Select } from 'antd'
import { useT } from '../i18n/index.ts'
import { FilterEditor } from './filter-editor.tsx'
import { EventPicker, PropertyPicker, useKnownProperties } from './pickers.tsx'
import type { RuleProblem } from './rule-problems.ts'
import { ruleTexts } from './texts.ts'
import type { LineFilter } from './value-types.ts'
import { WindowEditor } from './window-editor.tsx'

const measures = ['count', 'sum', 'average', 'min', 'max', 'distinct', 'days', 'streak', 'current_streak', 'days_absent'] as const
const comparisons: readonly Comparison[] = ['gte', 'gt', 'lte', 'lt', 'eq']

export interface EventEditorProps {
  rule: EventRule
  problems: readonly RuleProblem[]
  onChange: (rule: EventRule) => void
}

/** Near 7 days · browse product · times · at least 3, with tests of the event's properties beneath. */
export function EventEditor({ rule, problems, onChange }: EventEditorProps) {
  const t = useT(ruleTexts)
  const known = useKnownProperties(rule.event)
  const { measure } = rule
  const has = (code: RuleProblem['code']) => problems.some((problem) => problem.code === code && problem.filter === undefined)
  return (
    <div className="event-editor">
      <div className="rule-fields">
        <WindowEditor
          window={rule.window}
          invalid={has('window_amount') || has('window_order')}
          onChange={(window: RuleWindow) => onChange({ ...rule, window })}
        />
        <EventPicker value={rule.event} invalid={has('event_missing')} onChange={(event) => onChange({ ...rule, event })} />
        <Select
          value={measure.fn}
          aria-label={t('measure')}
          popupMatchSelectWidth={false}
          style={{ width: 'auto', minWidth: 96 }}
          options={measures.map((fn) => ({ value: fn, label: t(fn) }))}
          onChange={(fn) => onChange({ ...rule, measure: withFunction(measure, fn) })}
        />
        {'property' in measure && (
          <PropertyPicker
            value={measure.property}
            known={known}
            numeric={measure.fn !== 'distinct'}
            width={120}
            invalid={has('measure_property_missing')}
            onChange={(property) => onChange({ ...rule, measure: { ...measure, property } })}
          />
        )}
        <Select
          value={rule.op}
          aria-label={t('operator')}
          popupMatchSelectWidth={false}
          style={{ width: 88 }}
          options={comparisons.map((op) => ({ value: op, label: t(op) }))}
          onChange={(op) => onChange({ ...rule, op })}
        />
        <InputNumber
          value={rule.value}
          aria-label={t('value')}
          style={{ width: 84 }}
          min={!('property' in measure) || measure.fn === 'distinct' ? 0 : Number.MIN_SAFE_INTEGER}
          onChange={(value) => value !== null && onChange({ ...rule, value })}
        />
        {!('property' in measure) && <span>{t(measure.fn === 'count' ? 'times' : 'day')}</span>}
      </div>
      <FilterList event={rule.event} filters={rule.filters} problems={problems} onChange={(filters) => onChange({ ...rule, filters })} />
    </div>
  )
}

/** An event with conditions on its properties, without counting: what journeys wait for. */
export function MatchEditor({
  match,
  onChange,
  width = '100%',
}: {
  match: EventMatch
  onChange: (match: EventMatch) => void
  width?: number | string
}) {
  return (
    <div className="event-editor">
      <EventPicker value={match.event} width={width} invalid={match.event === ''} onChange={(event) => onChange({ ...match, event })} />
      <FilterList event={match.event} filters={match.filters} problems={[]} onChange={(filters) => onChange({ ...match, filters })} />
    </div>
  )
}

interface FilterListProps<Filter extends RuleFilter> {
  event: string
  filters: readonly Filter[]
  problems: readonly RuleProblem[]
  onChange: (filters: (Filter | LineFilter)[]) => void
}

function FilterList<Filter extends RuleFilter>({ event, filters, problems, onChange }: FilterListProps<Filter>) {
  const t = useT(ruleTexts)
  const known = useKnownProperties(event)
  return (
    <>
      {filters.map((filter, index) => (
        // Filters have no identity but their place.
        // biome-ignore lint/suspicious/noArrayIndexKey: see above
        <div className="rule-fields rule-filter" key={index}>
          <span className="muted">{index === 0 ? t('filterAnd') : t('and')}</span>
          <FilterEditor
            filter={filter}
            known={known}
            problems={problems.filter((problem) => problem.filter === index).map((problem) => problem.code)}
            onChange={(next) => onChange(filters.map((old, at) => (at === index ? next : old)))}
          />
          <Button
            type="text"
            size="small"
            icon={<DeleteOutlined />}
            aria-label={t('removeFilter')}
            title={t('removeFilter')}
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
        {t('addFilter')}
      </Button>
    </>
  )
}

function withFunction(measure: Measure, fn: Measure['fn']): Measure {
  switch (fn) {
    case 'sum':
    case 'average':
    case 'min':
    case 'max':
    case 'distinct':
      return { fn, property: 'property' in measure ? measure.property : '' }
    default:
      return { fn }
  }
}
