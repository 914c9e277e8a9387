import { type DateFilter, isDateFilter, type RuleFilter } from '@chaoxi/contract'
import { AutoComplete, InputNumber, Select } from 'antd'
import { useT } from '../i18n/index.ts'
import { PropertyPicker } from './pickers.tsx'
import { type RuleProblem, under } from './rule-problems.ts'
import { MonthDayInput } from './span-input.tsx'
import { ruleTexts } from './texts.ts'
import {
  fromText,
  type KnownProperty,
  operatorsOf,
  typeMismatch,
  type ValueType,
  valueTypeOf,
  withOperator,
  withProperty,
  withType,
  withValue,
  withValues,
} from './value-types.ts'
import { CalendarFields, DateWindowEditor } from './window-editor.tsx'

export const operatorKeys = {
  eq: 'opEq',
  neq: 'opNeq',
  gt: 'opGt',
  gte: 'opGte',
  lt: 'opLt',
  lte: 'opLte',
  in: 'opIn',
  not_in: 'opNotIn',
  contains: 'opContains',
  not_contains: 'opNotContains',
  starts_with: 'opStartsWith',
  ends_with: 'opEndsWith',
  exists: 'opExists',
  not_exists: 'opNotExists',
  includes_any: 'opIncludesAny',
  includes_all: 'opIncludesAll',
  includes_none: 'opIncludesNone',
  date_in: 'opDateIn',
  date_not_in: 'opDateNotIn',
  anniversary: 'opAnniversary',
  month_day: 'opMonthDay',
} as const

export interface FilterEditorProps {
  filter: RuleFilter
  known: readonly KnownProperty[]
  problems: readonly RuleProblem[]
  /** Whether dates may be asked about, whose answer turns as time goes by. */
  dates: boolean
  onChange: (filter: RuleFilter) => void
}

/** Which property, how compared, with what. The value's type follows what the catalogue has seen. */
export function FilterEditor({ filter, known, problems, dates, onChange }: FilterEditorProps) {
  const t = useT(ruleTexts)
  const property = known.find((candidate) => candidate.name === filter.property)
  const type = valueTypeOf(filter, property)
  const askType = filter.property !== '' && (property === undefined || typeMismatch(filter, property)) && 'value' in filter
  const has = (part: string) => under(problems, part).length > 0
  return (
    <>
      <PropertyPicker
        value={filter.property}
        known={known}
        width={150}
        invalid={has('property')}
        onChange={(name) =>
          onChange(
            withProperty(
              filter,
              name,
              known.find((candidate) => candidate.name === name),
            ),
          )
        }
      />
      <Select
        value={filter.op}
        aria-label={t('operator')}
        popupMatchSelectWidth={false}
        style={{ width: 'auto', minWidth: 96 }}
        options={[...new Set([...operatorsOf(filter.property, property, type, dates), filter.op])].map((op) => ({
          value: op,
          label: t(operatorKeys[op]),
        }))}
        onChange={(op) => onChange(withOperator(filter, op, type))}
      />
      {askType && (
        <Select<ValueType>
          value={type}
          aria-label={t('valueType')}
          style={{ width: 76 }}
          options={[
            { value: 'string', label: t('typeText') },
            { value: 'number', label: t('typeNumber') },
            { value: 'boolean', label: t('typeBoolean') },
          ]}
          onChange={(next) => onChange(withType(filter, next))}
        />
      )}
      {isDateFilter(filter) ? (
        <DateInput filter={filter} invalid={has('window')} onChange={onChange} />
      ) : (
        <ValueInput filter={filter} type={type} samples={property?.samples ?? []} invalid={has('value')} onChange={onChange} />
      )}
    </>
  )
}

function DateInput({ filter, invalid, onChange }: { filter: DateFilter; invalid: boolean; onChange: (filter: RuleFilter) => void }) {
  switch (filter.op) {
    case 'date_in':
    case 'date_not_in':
      return <DateWindowEditor window={filter.window} invalid={invalid} onChange={(window) => onChange({ ...filter, window })} />
    case 'anniversary':
      return <CalendarFields window={filter.window} invalid={invalid} ahead onChange={(window) => onChange({ ...filter, window })} />
    case 'month_day':
      return (
        <>
          <MonthDayInput value={filter.from} onChange={(from) => onChange({ ...filter, from })} />
          <span>–</span>
          <MonthDayInput value={filter.to} onChange={(to) => onChange({ ...filter, to })} />
        </>
      )
  }
}

interface ValueInputProps {
  filter: RuleFilter
  type: ValueType
  samples: readonly string[]
  invalid: boolean
  onChange: (filter: RuleFilter) => void
}

function ValueInput({ filter, type, samples, invalid, onChange }: ValueInputProps) {
  const t = useT(ruleTexts)
  const status = invalid ? 'error' : ''
  if (!('value' in filter)) return null
  const { value } = filter
  if (Array.isArray(value)) {
    return (
      <Select
        mode="tags"
        value={value.map(String)}
        placeholder={t('values')}
        aria-label={t('values')}
        status={status}
        style={{ minWidth: 200, flex: '1 1 200px' }}
        tokenSeparators={[',', '，', '、']}
        options={samples.map((sample) => ({ value: sample, label: sample }))}
        onChange={(texts) => onChange(withValues(filter, texts, type))}
      />
    )
  }
  if (typeof value === 'boolean') {
    return (
      <Select
        value={value}
        aria-label={t('value')}
        style={{ width: 90 }}
        options={[
          { value: true, label: t('yes') },
          { value: false, label: t('no') },
        ]}
        onChange={(next) => onChange(withValue(filter, next))}
      />
    )
  }
  if (type === 'number' && typeof value === 'number') {
    return (
      <InputNumber
        value={value}
        aria-label={t('value')}
        status={status}
        style={{ width: 120 }}
        onChange={(next) => next !== null && onChange(withValue(filter, next))}
      />
    )
  }
  return (
    <AutoComplete
      value={String(value)}
      placeholder={t('value')}
      aria-label={t('value')}
      status={status}
      style={{ minWidth: 140, flex: '0 1 200px' }}
      options={samples.map((sample) => ({ value: sample, label: sample }))}
      showSearch={{ filterOption: (input, option) => String(option?.value ?? '').includes(input) }}
      onChange={(text) => onChange(withValue(filter, typeof text === 'string' ? fromText(text, 'string') : ''))}
    />
  )
}
