import { type EntryLimits, type Reentry, reentryDaysMax, type Trigger } from '@chaoxi/contract'
import { InputNumber, Radio, Space } from 'antd'
import { useT } from '../../i18n/index.ts'
import { PropertyPicker, useKnownProperties } from '../../rules/pickers.tsx'
import { triggerTexts } from '../words/trigger-texts.ts'
import { Field } from './fields.tsx'

const kinds = ['never', 'after_exit', 'every_time', 'after_days', 'one_per_key'] as const
type Kind = (typeof kinds)[number]

const kindOf = (reentry: Reentry): Kind => (typeof reentry === 'string' ? reentry : reentry.kind)

function blank(kind: Kind): Reentry {
  if (kind === 'after_days') return { kind, days: 7 }
  return kind === 'one_per_key' ? { kind, property: 'order_id' } : kind
}

/** How often one customer may come in. */
export function ReentryFields({
  reentry,
  trigger,
  onChange,
}: {
  reentry: Reentry
  trigger: Trigger
  onChange: (reentry: Reentry) => void
}) {
  const t = useT(triggerTexts)
  const known = useKnownProperties('event' in trigger ? trigger.event : '')
  return (
    <Space direction="vertical" style={{ width: '100%' }}>
      <Radio.Group
        value={kindOf(reentry)}
        vertical
        options={kinds.map((kind) => ({ value: kind, label: t(`reentry_${kind}`) }))}
        onChange={(event) => {
          const kind = kinds.find((one) => one === event.target.value)
          if (kind !== undefined && kind !== kindOf(reentry)) onChange(blank(kind))
        }}
      />
      {typeof reentry === 'object' && reentry.kind === 'after_days' && (
        <InputNumber
          value={reentry.days}
          min={1}
          max={reentryDaysMax}
          precision={0}
          aria-label={t('reentryDays')}
          suffix={t('reentryDay')}
          style={{ width: 130 }}
          onChange={(days) => days !== null && onChange({ ...reentry, days })}
        />
      )}
      {typeof reentry === 'object' && reentry.kind === 'one_per_key' && (
        <PropertyPicker
          value={reentry.property}
          known={known}
          width="100%"
          invalid={reentry.property === ''}
          onChange={(property) => onChange({ ...reentry, property })}
        />
      )}
    </Space>
  )
}

/** How many customers may come in, all together. */
export function LimitFields({
  limits = {},
  onChange,
}: {
  limits: EntryLimits | undefined
  onChange: (limits: EntryLimits | undefined) => void
}) {
  const t = useT(triggerTexts)
  const set = ({ perHour, total }: { perHour?: number | null | undefined; total?: number | null | undefined }) => {
    const next = { ...(perHour ? { perHour } : {}), ...(total ? { total } : {}) }
    onChange(Object.keys(next).length > 0 ? next : undefined)
  }
  const most = (value: number | undefined, label: string, change: (value: number | null) => void) => (
    <Space.Compact>
      <InputNumber
        value={value ?? null}
        min={1}
        max={1_000_000_000}
        precision={0}
        aria-label={label}
        prefix={label}
        placeholder={t('limitNone')}
        style={{ width: 190 }}
        onChange={change}
      />
    </Space.Compact>
  )
  return (
    <Field label={t('limits')} hint={t('limitsHint')}>
      <Space wrap>
        {most(limits.perHour, t('limitHour'), (perHour) => set({ ...limits, perHour }))}
        {most(limits.total, t('limitTotal'), (total) => set({ ...limits, total }))}
      </Space>
    </Field>
  )
}
