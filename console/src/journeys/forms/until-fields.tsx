import { offsetDaysMax, type WaitUntil } from '@chaoxi/contract'
import { Checkbox, InputNumber, Segmented, Select, Space } from 'antd'
import { useLanguage, useT } from '../../i18n/index.ts'
import { ClockInput } from '../../rules/clock-fields.tsx'
import { weekdays, weekdayWord } from '../../rules/clock-words.ts'
import { PropertyPicker, useKnownProperties } from '../../rules/pickers.tsx'
import { useTimeZone } from '../../shell/me.ts'
import type { UntilPatch } from '../canvas/node-edits.ts'
import { journeyTexts } from '../words/texts.ts'
import { BestHourFields } from './best-hour-fields.tsx'
import { Field } from './fields.tsx'

interface UntilFieldsProps {
  until: WaitUntil
  onChange: (until: UntilPatch) => void
}

const blank: Readonly<Record<WaitUntil['kind'], UntilPatch>> = {
  time: { kind: 'time', at: '09:00' },
  window: { kind: 'window', weekdays: [1, 2, 3, 4, 5], from: '10:00', to: '20:00' },
  date: { kind: 'date', attribute: '', yearly: true, days: 0, at: '10:00' },
  best_hour: { kind: 'best_hour', event: 'Product Viewed', days: 30, least: 3, defaultHour: 20 },
}

/** What a wait ends at: a time of day, a window of the week, a date of the customer, their best hour. */
export function UntilFields({ until, onChange }: UntilFieldsProps) {
  const t = useT(journeyTexts)
  const zone = useTimeZone()
  return (
    <>
      <Field label={t('until')} hint={t(`untilHint_${until.kind}`, { zone })}>
        <Segmented
          value={until.kind}
          options={(['time', 'window', 'date', 'best_hour'] as const).map((kind) => ({ value: kind, label: t(`until_${kind}`) }))}
          onChange={(kind) => kind !== until.kind && onChange(blank[kind])}
        />
      </Field>
      {until.kind === 'time' && (
        <Field label={t('untilAt')}>
          <ClockInput label={t('untilAt')} value={until.at} onChange={(at) => onChange({ ...until, at })} />
        </Field>
      )}
      {until.kind === 'window' && <WindowFields until={until} onChange={onChange} />}
      {until.kind === 'best_hour' && <BestHourFields until={until} onChange={onChange} />}
      {until.kind === 'date' && <DateFields date={withoutWay(until)} onChange={onChange} />}
    </>
  )
}

function WindowFields({ until, onChange }: { until: Extract<WaitUntil, { kind: 'window' }>; onChange: (until: UntilPatch) => void }) {
  const t = useT(journeyTexts)
  const language = useLanguage()
  return (
    <>
      <Field label={t('weekdays')}>
        <Checkbox.Group
          value={until.weekdays}
          options={weekdays.map((day) => ({ value: day, label: weekdayWord(day, language) }))}
          onChange={(days) => days.length > 0 && onChange({ ...until, weekdays: weekdays.filter((day) => days.includes(day)) })}
        />
      </Field>
      <Field label={t('windowHours')}>
        <Space>
          <ClockInput label={t('windowFrom')} value={until.from} onChange={(from) => onChange({ ...until, from })} />
          {t('windowTo')}
          <ClockInput label={t('windowTill')} value={until.to} onChange={(to) => onChange({ ...until, to })} />
        </Space>
        {until.to <= until.from && <div className="side-hint">{t('windowNextDay')}</div>}
      </Field>
    </>
  )
}

type Side = 'before' | 'on' | 'after'

/** A date of the customer, a distance from it, and a time of that day. */
export interface DateWish {
  readonly kind: 'date'
  readonly attribute: string
  readonly yearly: boolean
  readonly days: number
  readonly at: string
}

const withoutWay = ({ otherwise: _, ...date }: Extract<WaitUntil, { kind: 'date' }>): DateWish => date

export function DateFields({ date, onChange }: { date: DateWish; onChange: (date: DateWish) => void }) {
  const t = useT(journeyTexts)
  const known = useKnownProperties(null)
  const side: Side = date.days === 0 ? 'on' : date.days < 0 ? 'before' : 'after'
  const count = Math.abs(date.days)
  const set = (next: Side, amount: number) =>
    onChange({ ...date, days: next === 'on' ? 0 : (next === 'before' ? -1 : 1) * Math.max(1, amount) })
  return (
    <>
      <Field label={t('dateAttribute')}>
        <PropertyPicker
          value={date.attribute}
          known={known}
          width="100%"
          invalid={date.attribute === ''}
          onChange={(attribute) => onChange({ ...date, attribute })}
        />
        <div style={{ marginTop: 6 }}>
          <Checkbox checked={date.yearly} onChange={(event) => onChange({ ...date, yearly: event.target.checked })}>
            {t('dateYearly')}
          </Checkbox>
        </div>
      </Field>
      <Field label={t('dateWhen')}>
        <Space wrap>
          <Select<Side>
            value={side}
            aria-label={t('dateSide')}
            style={{ width: 90 }}
            options={(['before', 'on', 'after'] as const).map((one) => ({ value: one, label: t(`dateSide_${one}`) }))}
            onChange={(next) => set(next, count)}
          />
          {side !== 'on' && (
            <InputNumber
              value={count}
              min={1}
              max={offsetDaysMax}
              precision={0}
              aria-label={t('dateDays')}
              style={{ width: 110 }}
              suffix={t('unit_day')}
              onChange={(amount) => amount !== null && set(side, amount)}
            />
          )}
          <ClockInput label={t('untilAt')} value={date.at} onChange={(at) => onChange({ ...date, at })} />
        </Space>
      </Field>
    </>
  )
}
