import type { AttributeValue } from '@chaoxi/contract'
import { Input, InputNumber, Segmented, Switch } from 'antd'
import { useT } from '../../i18n/index.ts'
import { deedTexts } from '../words/deed-texts.ts'

const valueKinds = ['text', 'number', 'boolean', 'trigger'] as const
type ValueKind = (typeof valueKinds)[number]

function kindOf(value: AttributeValue): ValueKind {
  if (value.kind === 'trigger') return 'trigger'
  return typeof value.value === 'number' ? 'number' : typeof value.value === 'boolean' ? 'boolean' : 'text'
}

const blankValues: Readonly<Record<ValueKind, AttributeValue>> = {
  text: { kind: 'literal', value: '' },
  number: { kind: 'literal', value: 0 },
  boolean: { kind: 'literal', value: true },
  trigger: { kind: 'trigger', property: '' },
}

interface ValueProps {
  value: AttributeValue
  label: string
  onChange: (value: AttributeValue) => void
}

/** A value of its own, or what the trigger says. */
export function ValueFields({ value, label, onChange }: ValueProps) {
  const t = useT(deedTexts)
  const kind = kindOf(value)
  return (
    <>
      <Segmented
        value={kind}
        options={valueKinds.map((one) => ({ value: one, label: t(`value_${one}`) }))}
        onChange={(one) => one !== kind && onChange(blankValues[one])}
      />
      <ValueInput value={value} label={label} onChange={onChange} />
    </>
  )
}

function ValueInput({ value, label, onChange }: ValueProps) {
  const t = useT(deedTexts)
  if (value.kind === 'trigger')
    return (
      <Input
        value={value.property}
        maxLength={200}
        aria-label={label}
        status={value.property === '' ? 'error' : ''}
        placeholder={t('triggerValuePlaceholder')}
        onChange={(event) => onChange({ kind: 'trigger', property: event.target.value })}
      />
    )
  if (typeof value.value === 'number')
    return (
      <InputNumber
        value={value.value}
        aria-label={label}
        style={{ width: '100%' }}
        onChange={(number) => number !== null && onChange({ kind: 'literal', value: number })}
      />
    )
  if (typeof value.value === 'boolean')
    return <Switch checked={value.value} aria-label={label} onChange={(checked) => onChange({ kind: 'literal', value: checked })} />
  return (
    <Input
      value={value.value}
      maxLength={1_000}
      aria-label={label}
      onChange={(event) => onChange({ kind: 'literal', value: event.target.value })}
    />
  )
}
