import type { RuleFilter } from '@chaoxi/contract'
import { AutoComplete, InputNumber, Select } from 'antd'
import { useT } from '../i18n/index.ts'
import { PropertyPicker } from './pickers.tsx'
import type { RuleProblemCode } from './rule-problems.ts'
import { filterSentence } from './rule-sentence.ts'
import { ruleTexts } from './texts.ts'
import { useNaming } from './use-naming.ts'
import {
  fromText,
  isLineFilter,
  type KnownProperty,
  type LineFilter,
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
} as const

export interface FilterEditorProps {
  filter: RuleFilter
  known: readonly KnownProperty[]
  problems: readonly RuleProblemCode[]
  onChange: (filter: LineFilter) => void
}

/** One test of a property; one that has no fields here is shown as a sentence, and changed as JSON. */
export function FilterEditor({ filter, ...rest }: FilterEditorProps) {
  const naming = useNaming()
  return isLineFilter(filter) ? <LineEditor filter={filter} {...rest} /> : <span>{filterSentence(filter, naming)}</span>
}

/** Which property, how compared, with what. The value's type follows what the catalogue has seen. */
function LineEditor({ filter, known, problems, onChange }: FilterEditorProps & { filter: LineFilter }) {
  const t = useT(ruleTexts)
  const property = known.find((candidate) => candidate.name === filter.property)
  const type = valueTypeOf(filter, property)
  const askType = filter.property !== '' && (property === undefined || typeMismatch(filter, property)) && 'value' in filter
  return (
    <>
      <PropertyPicker
        value={filter.property}
        known={known}
        width={150}
        invalid={problems.includes('property_missing')}
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
        style={{ width: 104 }}
        options={[...new Set([...operatorsOf(type), filter.op])].map((op) => ({ value: op, label: t(operatorKeys[op]) }))}
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
      <ValueInput
        filter={filter}
        type={type}
        samples={property?.samples ?? []}
        invalid={problems.includes('value_missing')}
        onChange={onChange}
      />
    </>
  )
}

interface ValueInputProps {
  filter: LineFilter
  type: ValueType
  samples: readonly string[]
  invalid: boolean
  onChange: (filter: LineFilter) => void
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
