import type { Known, WebhookValue } from '@chaoxi/contract'
import { Input, InputNumber, Segmented, Select, Switch } from 'antd'
import { useT } from '../../i18n/index.ts'
import { deedTexts } from '../words/deed-texts.ts'

const valueKinds = ['text', 'number', 'boolean', 'trigger', 'attribute', 'run'] as const
type ValueKind = (typeof valueKinds)[number]

function kindOf(value: WebhookValue): ValueKind {
  if (value.kind !== 'literal') return value.kind
  return typeof value.value === 'number' ? 'number' : typeof value.value === 'boolean' ? 'boolean' : 'text'
}

const blankValues: Readonly<Record<ValueKind, WebhookValue>> = {
  text: { kind: 'literal', value: '' },
  number: { kind: 'literal', value: 0 },
  boolean: { kind: 'literal', value: true },
  trigger: { kind: 'trigger', property: '' },
  attribute: { kind: 'attribute', attribute: '' },
  run: { kind: 'run', property: '' },
}

interface ValueProps {
  value: WebhookValue
  label: string
  /** What may be known to the run here. */
  known: readonly Known[]
  /** An attribute of the customer may be taken. */
  attributes?: boolean
  onChange: (value: WebhookValue) => void
}

/** A value of its own, what the trigger says, what the run has come to know, or an attribute of the customer. */
export function ValueFields(props: ValueProps) {
  const { value, known, attributes = false, onChange } = props
  const t = useT(deedTexts)
  const kind = kindOf(value)
  const offered = valueKinds.filter((one) => {
    if (one === 'attribute') return attributes || kind === 'attribute'
    return one !== 'run' || known.length > 0 || kind === 'run'
  })
  const options = offered.map((one) => ({ value: one, label: t(`value_${one}`) }))
  const choose = (one: ValueKind) => one !== kind && onChange(blankValues[one])
  return (
    <>
      {options.length > 4 ? (
        <Select value={kind} options={options} aria-label={t('valueKind')} style={{ width: '100%' }} onChange={choose} />
      ) : (
        <Segmented value={kind} options={options} onChange={choose} />
      )}
      <ValueInput {...props} />
    </>
  )
}

function ValueInput({ value, label, known, onChange }: ValueProps) {
  const t = useT(deedTexts)
  if (value.kind === 'run')
    return (
      <Select
        value={known.some(({ property }) => property === value.property) ? value.property : null}
        aria-label={label}
        placeholder={t('runValueMissing')}
        status={known.some(({ property }) => property === value.property) ? '' : 'error'}
        style={{ width: '100%' }}
        options={known.map(({ property }) => ({ value: property, label: property }))}
        onChange={(property) => onChange({ kind: 'run', property })}
      />
    )
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
  if (value.kind === 'attribute')
    return (
      <Input
        value={value.attribute}
        maxLength={200}
        aria-label={label}
        status={value.attribute === '' ? 'error' : ''}
        placeholder={t('attributePlaceholder')}
        onChange={(event) => onChange({ kind: 'attribute', attribute: event.target.value })}
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
