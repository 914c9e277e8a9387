import { CloseOutlined } from '@ant-design/icons'
import type { SpanLength } from '@chaoxi/contract'
import { Button, InputNumber, Select } from 'antd'
import { useT } from '../i18n/index.ts'
import { ruleTexts } from './texts.ts'

const units = ['minute', 'hour', 'day'] as const

export function UnitSelect({ value, onChange }: { value: SpanLength['unit']; onChange: (unit: SpanLength['unit']) => void }) {
  const t = useT(ruleTexts)
  return (
    <Select
      value={value}
      aria-label={t('windowUnit')}
      popupMatchSelectWidth={false}
      style={{ width: 'auto' }}
      options={units.map((unit) => ({ value: unit, label: t(unit) }))}
      onChange={onChange}
    />
  )
}

/** A length of time; one that may be left open is a button until it is wanted. */
export function SpanInput({
  span,
  label,
  invalid = false,
  onChange,
  onClear,
}: {
  span: SpanLength | null
  label: string
  invalid?: boolean
  onChange: (span: SpanLength) => void
  onClear?: () => void
}) {
  const t = useT(ruleTexts)
  if (span === null)
    return (
      <Button size="small" type="dashed" onClick={() => onChange({ amount: 7, unit: 'day' })}>
        {label}
      </Button>
    )
  const { amount, unit } = span
  return (
    <span className="rule-span">
      {onClear && <span className="muted">{label}</span>}
      <InputNumber
        value={amount}
        min={1}
        max={100_000}
        precision={0}
        aria-label={label}
        status={invalid ? 'error' : ''}
        style={{ width: 68 }}
        onChange={(next) => next !== null && onChange({ amount: next, unit })}
      />
      <UnitSelect value={unit} onChange={(next) => onChange({ amount, unit: next })} />
      {onClear && (
        <Button
          type="text"
          size="small"
          icon={<CloseOutlined />}
          aria-label={t('clearSpan', { label })}
          title={t('clearSpan', { label })}
          onClick={onClear}
        />
      )}
    </span>
  )
}

const twoDigits = (number: number) => String(number).padStart(2, '0')
/** 29 February is a day as well: it is kept on the 28th where the year has none. */
const daysOfMonth = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

/** A day of any year. */
export function MonthDayInput({ value, onChange }: { value: string; onChange: (value: string) => void }) {
  const t = useT(ruleTexts)
  const [month = '01', day = '01'] = value.split('-')
  const days = Math.max(daysOfMonth[Number(month) - 1] ?? 31, Number(day))
  const list = (count: number) => Array.from({ length: count }, (_, i) => ({ value: twoDigits(i + 1), label: twoDigits(i + 1) }))
  return (
    <span className="rule-span">
      <Select
        value={month}
        aria-label={t('month')}
        popupMatchSelectWidth={false}
        style={{ width: 64 }}
        options={list(12)}
        onChange={(next) => onChange(`${next}-${twoDigits(Math.min(Number(day), daysOfMonth[Number(next) - 1] ?? 31))}`)}
      />
      <Select
        value={day}
        aria-label={t('dayOfMonth')}
        popupMatchSelectWidth={false}
        style={{ width: 64 }}
        options={list(days)}
        onChange={(next) => onChange(`${month}-${next}`)}
      />
    </span>
  )
}
