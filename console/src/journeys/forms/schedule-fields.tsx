import type { Audience, Repeat, Trigger } from '@chaoxi/contract'
import { weeksEveryMax } from '@chaoxi/contract'
import { Checkbox, Input, InputNumber, Segmented, Select, Space } from 'antd'
import { useLanguage, useT } from '../../i18n/index.ts'
import { ClockInput } from '../../rules/clock-fields.tsx'
import { weekdays, weekdayWord } from '../../rules/clock-words.ts'
import { SegmentPicker } from '../../rules/pickers.tsx'
import { everyone } from '../../rules/rule-editing.ts'
import { useTimeZone } from '../../shell/me.ts'
import { triggerTexts } from '../words/trigger-texts.ts'
import { Field, RuleField, type TriggerFieldsProps } from './fields.tsx'

type Schedule = Extract<Trigger, { kind: 'schedule' }>

const today = () => new Date().toISOString().slice(0, 10)
const monthDays = Array.from({ length: 31 }, (_, i) => i + 1)
const blankRepeat: { readonly [K in Repeat['kind']]: () => Extract<Repeat, { kind: K }> } = {
  once: () => ({ kind: 'once', date: today() }),
  daily: () => ({ kind: 'daily' }),
  weekly: () => ({ kind: 'weekly', weekdays: [1, 2, 3, 4, 5], weeks: 1 }),
  monthly: () => ({ kind: 'monthly', days: [1] }),
}

/** Whom a schedule is for, and when it is due. */
export function ScheduleFields({ trigger, onChange }: TriggerFieldsProps<Schedule>) {
  const t = useT(triggerTexts)
  const zone = useTimeZone()
  const { repeat } = trigger
  return (
    <>
      <AudienceFields audience={trigger.audience} onChange={(audience) => onChange({ ...trigger, audience })} />
      <Field label={t('repeat')}>
        <Segmented
          value={repeat.kind}
          options={(['once', 'daily', 'weekly', 'monthly'] as const).map((kind) => ({ value: kind, label: t(`repeat_${kind}`) }))}
          onChange={(kind) => kind !== repeat.kind && onChange({ ...trigger, repeat: blankRepeat[kind]() })}
        />
      </Field>
      <RepeatFields trigger={trigger} onChange={onChange} />
      <Field label={t('scheduleAt')} hint={t('scheduleZone', { zone })}>
        <ClockInput label={t('scheduleAt')} value={trigger.at} onChange={(at) => onChange({ ...trigger, at })} />
      </Field>
      {repeat.kind !== 'once' && <SpanFields trigger={trigger} onChange={onChange} />}
    </>
  )
}

function AudienceFields({ audience, onChange }: { audience: Audience; onChange: (audience: Audience) => void }) {
  const t = useT(triggerTexts)
  return (
    <Field label={t('audience')} hint={t('audienceHint')}>
      <Space direction="vertical" style={{ width: '100%' }}>
        <Segmented
          value={audience.kind}
          options={(['segment', 'rule'] as const).map((kind) => ({ value: kind, label: t(`audience_${kind}`) }))}
          onChange={(kind) => kind !== audience.kind && onChange(kind === 'segment' ? { kind, segment: '' } : { kind, rule: everyone })}
        />
        {audience.kind === 'segment' ? (
          <SegmentPicker
            value={audience.segment}
            width="100%"
            invalid={audience.segment === ''}
            onChange={(segment) => onChange({ kind: 'segment', segment })}
          />
        ) : (
          <RuleField rule={audience.rule} title={t('audience')} onChange={(rule) => onChange({ kind: 'rule', rule })} />
        )}
      </Space>
    </Field>
  )
}

function RepeatFields({ trigger, onChange }: TriggerFieldsProps<Schedule>) {
  const t = useT(triggerTexts)
  const language = useLanguage()
  const { repeat } = trigger
  const set = (next: Repeat) => onChange({ ...trigger, repeat: next })
  switch (repeat.kind) {
    case 'once':
      return (
        <Field label={t('onceDate')}>
          <Day label={t('onceDate')} value={repeat.date} onChange={(date) => date !== '' && set({ ...repeat, date })} />
        </Field>
      )
    case 'daily':
      return null
    case 'weekly':
      return (
        <>
          <Field label={t('repeatDays')}>
            <Checkbox.Group
              value={repeat.weekdays}
              options={weekdays.map((day) => ({ value: day, label: weekdayWord(day, language) }))}
              onChange={(days) => days.length > 0 && set({ ...repeat, weekdays: weekdays.filter((day) => days.includes(day)) })}
            />
          </Field>
          <Field label={t('weeksEvery')} {...(repeat.weeks > 1 ? { hint: t('weeksHint') } : {})}>
            <InputNumber
              value={repeat.weeks}
              min={1}
              max={weeksEveryMax}
              precision={0}
              aria-label={t('weeksEvery')}
              suffix={t('week')}
              style={{ width: 120 }}
              onChange={(weeks) => weeks !== null && set({ ...repeat, weeks })}
            />
          </Field>
        </>
      )
    case 'monthly':
      return (
        <Field label={t('repeatDays')} {...(repeat.days.some((day) => day !== 'last' && day > 28) ? { hint: t('monthShort') } : {})}>
          <Select
            mode="multiple"
            value={repeat.days}
            aria-label={t('repeatDays')}
            style={{ width: '100%' }}
            options={[
              ...monthDays.map((day) => ({ value: day, label: t('monthDay', { day }) })),
              { value: 'last' as const, label: t('monthLast') },
            ]}
            onChange={(days) => days.length > 0 && set({ ...repeat, days })}
          />
        </Field>
      )
  }
}

function SpanFields({ trigger, onChange }: TriggerFieldsProps<Schedule>) {
  const t = useT(triggerTexts)
  const { from, to, ...rest } = trigger
  const set = (span: { from?: string | undefined; to?: string | undefined }) =>
    onChange({ ...rest, ...(span.from ? { from: span.from } : {}), ...(span.to ? { to: span.to } : {}) })
  return (
    <Field label={t('span')} hint={t('spanHint')}>
      <Space>
        <Day label={t('spanFrom')} value={from ?? ''} onChange={(day) => set({ from: day, to })} />
        –
        <Day label={t('spanTo')} value={to ?? ''} onChange={(day) => set({ from, to: day })} />
      </Space>
    </Field>
  )
}

function Day({ label, value, onChange }: { label: string; value: string; onChange: (day: string) => void }) {
  return <Input type="date" value={value} aria-label={label} style={{ width: 150 }} onChange={(event) => onChange(event.target.value)} />
}
