import { type Comparison, type EventMatch, type EventRule, isDateFilter, type Measure } from '@chaoxi/contract'
import { InputNumber, Select } from 'antd'
import { useT } from '../i18n/index.ts'
import { FilterList } from './filter-list.tsx'
import { MatchConditions } from './match-conditions.tsx'
import { EventPicker, PropertyPicker, useKnownProperties } from './pickers.tsx'
import { type RuleProblem, under } from './rule-problems.ts'
import { ruleTexts } from './texts.ts'
import { WindowEditor } from './window-editor.tsx'

const measures = ['count', 'sum', 'average', 'min', 'max', 'distinct', 'days', 'streak', 'current_streak', 'days_absent'] as const
const comparisons: readonly Comparison[] = ['gte', 'gt', 'lte', 'lt', 'eq']
type Answer = 'did' | 'never'

export interface EventEditorProps {
  rule: EventRule
  problems: readonly RuleProblem[]
  onChange: (rule: EventRule) => void
}

/** In the last 7 days · did · browse product · times · at least 3, with tests of the event's properties beneath. */
export function EventEditor({ rule, problems, onChange }: EventEditorProps) {
  const has = (part: string) => under(problems, part).length > 0
  return (
    <div className="event-editor">
      <div className="rule-fields">
        <WindowEditor window={rule.window} invalid={has('window')} onChange={(window) => onChange({ ...rule, window })} />
        <AnswerSelect rule={rule} onChange={onChange} />
        <EventPicker value={rule.event} invalid={has('event')} onChange={(event) => onChange({ ...rule, event })} />
        {!isNever(rule) && <MeasureFields rule={rule} invalid={has('measure')} onChange={onChange} />}
      </div>
      <MatchConditions match={rule} problems={under(problems, 'filters')} onChange={onChange} />
    </div>
  )
}

const isNever = ({ measure, op, value }: EventRule): boolean => measure.fn === 'count' && op === 'eq' && value === 0

/** Did, or did not: "not" is the count being zero. */
function AnswerSelect({ rule, onChange }: { rule: EventRule; onChange: (rule: EventRule) => void }) {
  const t = useT(ruleTexts)
  const answer: Answer = isNever(rule) ? 'never' : 'did'
  return (
    <Select<Answer>
      value={answer}
      aria-label={t('didOrNot')}
      popupMatchSelectWidth={false}
      style={{ width: 'auto' }}
      options={[
        { value: 'did', label: t('did') },
        { value: 'never', label: t('didNot') },
      ]}
      onChange={(next) => {
        if (next === answer) return
        onChange({ ...rule, measure: { fn: 'count' }, ...(next === 'never' ? { op: 'eq', value: 0 } : { op: 'gte', value: 1 }) })
      }}
    />
  )
}

function MeasureFields({ rule, invalid, onChange }: { rule: EventRule; invalid: boolean; onChange: (rule: EventRule) => void }) {
  const t = useT(ruleTexts)
  const known = useKnownProperties(rule.event)
  const { measure } = rule
  const signed = 'property' in measure && measure.fn !== 'distinct'
  return (
    <>
      <Select
        value={measure.fn}
        aria-label={t('measure')}
        popupMatchSelectWidth={false}
        style={{ width: 'auto', minWidth: 80 }}
        options={measures.map((fn) => ({ value: fn, label: t(fn) }))}
        onChange={(fn) => onChange({ ...rule, measure: withFunction(measure, fn) })}
      />
      {'property' in measure && (
        <PropertyPicker
          value={measure.property}
          known={known}
          numeric={measure.fn !== 'distinct'}
          width={120}
          invalid={invalid}
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
        {...(signed ? {} : { min: 0 })}
        onChange={(value) => value !== null && onChange({ ...rule, value })}
      />
      {!('property' in measure) && <span>{t(measure.fn === 'count' ? 'times' : 'day')}</span>}
    </>
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
      <FilterList
        event={match.event}
        filters={match.filters}
        problems={[]}
        dates={false}
        onChange={(filters) => onChange({ ...match, filters: filters.filter((filter) => !isDateFilter(filter)) })}
      />
    </div>
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
