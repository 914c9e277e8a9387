import type { CalendarWindow, DateWindow, RuleWindow } from '@chaoxi/contract'
import { Input, InputNumber, Select } from 'antd'
import { useLanguage, useT } from '../i18n/index.ts'
import { useTimeZone } from '../shell/me.ts'
import { PropertyPicker, useKnownProperties } from './pickers.tsx'
import { MonthDayInput, SpanInput, UnitSelect } from './span-input.tsx'
import { ruleTexts } from './texts.ts'
import { directionOf, newDateWindow, newWindow, offsetsOf, turned } from './window-choices.ts'
import { unitName } from './window-sentence.ts'
import { fromLocalInput, toLocalInput } from './zoned-time.ts'

const kindTexts = {
  rolling: 'windowRolling',
  relative: 'windowRelative',
  calendar: 'windowCalendar',
  annual: 'windowAnnual',
  dates: 'windowDates',
  between: 'windowBetween',
  since: 'windowSince',
  ever: 'windowEver',
} as const
const dateKinds = ['rolling', 'relative', 'calendar', 'annual', 'dates', 'between'] as const
const kinds = ['rolling', 'ever', 'relative', 'calendar', 'annual', 'dates', 'between', 'since'] as const

interface WindowEditorProps {
  window: RuleWindow
  invalid: boolean
  onChange: (window: RuleWindow) => void
}

/** When the events must have happened. */
export function WindowEditor({ window, invalid, onChange }: WindowEditorProps) {
  const timeZone = useTimeZone()
  return (
    <>
      <KindSelect value={window.kind} kinds={kinds} onChange={(kind) => onChange(newWindow(kind, Date.now(), timeZone))} />
      {window.kind === 'since' ? (
        <SinceFields window={window} invalid={invalid} onChange={onChange} />
      ) : (
        window.kind !== 'ever' && <DateFields window={window} invalid={invalid} ahead={false} onChange={onChange} />
      )}
    </>
  )
}

/** Where a date must lie, which may be ahead of now. */
export function DateWindowEditor({
  window,
  invalid,
  onChange,
}: {
  window: DateWindow
  invalid: boolean
  onChange: (window: DateWindow) => void
}) {
  const timeZone = useTimeZone()
  return (
    <>
      <KindSelect value={window.kind} kinds={dateKinds} onChange={(kind) => onChange(newDateWindow(kind, Date.now(), timeZone))} />
      <DateFields window={window} invalid={invalid} ahead onChange={onChange} />
    </>
  )
}

function KindSelect<Kind extends RuleWindow['kind']>(props: { value: Kind; kinds: readonly Kind[]; onChange: (kind: Kind) => void }) {
  const t = useT(ruleTexts)
  return (
    <Select<Kind>
      value={props.value}
      aria-label={t('windowKind')}
      popupMatchSelectWidth={false}
      style={{ width: 'auto' }}
      options={props.kinds.map((kind) => ({ value: kind, label: t(kindTexts[kind]) }))}
      onChange={(kind) => kind !== props.value && props.onChange(kind)}
    />
  )
}

interface DateFieldsProps<Window extends RuleWindow> {
  window: Window
  invalid: boolean
  /** Whether what lies ahead of now makes sense. */
  ahead: boolean
  onChange: (window: Window) => void
}

function DateFields({ window, ...rest }: DateFieldsProps<DateWindow>) {
  const t = useT(ruleTexts)
  switch (window.kind) {
    case 'rolling':
      return (
        <SpanInput
          span={window}
          label={t('windowAmount')}
          invalid={rest.invalid}
          onChange={(span) => rest.onChange({ ...window, ...span })}
        />
      )
    case 'relative':
      return <RelativeFields window={window} {...rest} />
    case 'calendar':
      return <CalendarFields window={window} {...rest} />
    case 'annual':
      return <AnnualFields window={window} {...rest} />
    case 'dates':
      return <DayFields window={window} {...rest} />
    case 'between':
      return <MomentFields window={window} {...rest} />
  }
}

function RelativeFields({ window, invalid, ahead, onChange }: DateFieldsProps<Extract<DateWindow, { kind: 'relative' }>>) {
  const t = useT(ruleTexts)
  const direction = directionOf(window)
  // The number on the left is the one further from now for the past, the nearer one for the future.
  const sign = direction === 'ahead' ? -1 : 1
  const shown = (amount: number | undefined) => (amount === undefined || amount === 0 ? (amount ?? null) : amount * sign)
  const number = (field: 'from' | 'to') => (
    <InputNumber
      value={shown(window[field])}
      precision={0}
      {...(direction === null ? {} : { min: 0 })}
      max={100_000}
      aria-label={t(field === 'from' ? 'windowFrom' : 'windowTo')}
      placeholder={field === 'from' ? t('windowEarlier') : ''}
      status={invalid ? 'error' : ''}
      style={{ width: 76 }}
      onChange={(amount) => {
        if (amount !== null) onChange({ ...window, [field]: amount === 0 ? 0 : amount * sign })
        else if (field === 'from' && direction !== 'ahead') onChange({ kind: window.kind, to: window.to, unit: window.unit })
      }}
    />
  )
  return (
    <>
      {number('from')}
      <span>–</span>
      {number('to')}
      <UnitSelect value={window.unit} onChange={(unit) => onChange({ ...window, unit })} />
      {ahead && direction !== null ? (
        <Select
          value={direction}
          aria-label={t('windowDirection')}
          popupMatchSelectWidth={false}
          style={{ width: 'auto' }}
          options={[
            { value: 'ago', label: t('windowAgo') },
            { value: 'ahead', label: t('windowAhead') },
          ]}
          onChange={(next) => next !== direction && onChange(turned(window))}
        />
      ) : (
        <span>{t('windowAgo')}</span>
      )}
    </>
  )
}

export function CalendarFields({ window, ahead, onChange }: DateFieldsProps<CalendarWindow>) {
  const t = useT(ruleTexts)
  const language = useLanguage()
  const offset = (field: 'from' | 'to') => (
    <Select
      showSearch={{ optionFilterProp: 'label' }}
      value={window[field]}
      aria-label={t(field === 'from' ? 'windowFrom' : 'windowTo')}
      popupMatchSelectWidth={false}
      style={{ width: 'auto', minWidth: 84 }}
      options={offsetsOf(window.unit, ahead, window[field]).map((value) => ({ value, label: unitName(window.unit, value, language) }))}
      onChange={(value) =>
        onChange({
          ...window,
          // One end carries the other along, so that the span never runs backwards.
          from: field === 'from' ? value : Math.min(window.from, value),
          to: field === 'to' ? value : Math.max(window.to, value),
        })
      }
    />
  )
  return (
    <>
      <Select
        value={window.unit}
        aria-label={t('windowUnit')}
        popupMatchSelectWidth={false}
        style={{ width: 'auto' }}
        options={(['day', 'week', 'month', 'quarter', 'year'] as const).map((unit) => ({ value: unit, label: t(`calendar_${unit}`) }))}
        onChange={(unit) => onChange({ ...window, unit, from: 0, to: 0 })}
      />
      {offset('from')}
      <span>–</span>
      {offset('to')}
    </>
  )
}

function AnnualFields({ window, ahead, onChange }: DateFieldsProps<Extract<DateWindow, { kind: 'annual' }>>) {
  const t = useT(ruleTexts)
  const language = useLanguage()
  return (
    <>
      <Select
        value={window.year}
        aria-label={t('windowYear')}
        popupMatchSelectWidth={false}
        style={{ width: 'auto' }}
        options={offsetsOf('year', ahead, window.year).map((value) => ({ value, label: unitName('year', value, language) }))}
        onChange={(year) => onChange({ ...window, year })}
      />
      <MonthDayInput value={window.from} onChange={(from) => onChange({ ...window, from })} />
      <span>–</span>
      <MonthDayInput value={window.to} onChange={(to) => onChange({ ...window, to })} />
    </>
  )
}

function DayFields({ window, invalid, onChange }: DateFieldsProps<Extract<DateWindow, { kind: 'dates' }>>) {
  const t = useT(ruleTexts)
  const day = (field: 'from' | 'to') => (
    <Input
      type="date"
      value={window[field] ?? ''}
      aria-label={t(field === 'from' ? 'windowFrom' : 'windowTo')}
      status={invalid ? 'error' : ''}
      style={{ width: 140 }}
      onChange={(event) => {
        const { [field]: _, ...rest } = window
        onChange(event.target.value === '' ? rest : { ...rest, [field]: event.target.value })
      }}
    />
  )
  return (
    <>
      {day('from')}
      <span>–</span>
      {day('to')}
    </>
  )
}

function MomentFields({ window, invalid, onChange }: DateFieldsProps<Extract<DateWindow, { kind: 'between' }>>) {
  const t = useT(ruleTexts)
  const timeZone = useTimeZone()
  const moment = (field: 'from' | 'to') => (
    <Input
      type="datetime-local"
      value={toLocalInput(window[field], timeZone)}
      aria-label={t(field === 'from' ? 'windowFrom' : 'windowTo')}
      status={invalid ? 'error' : ''}
      style={{ width: 186 }}
      title={timeZone}
      onChange={(event) => {
        const instant = fromLocalInput(event.target.value, timeZone)
        if (instant !== '') onChange({ ...window, [field]: instant })
      }}
    />
  )
  return (
    <>
      {moment('from')}
      <span>–</span>
      {moment('to')}
    </>
  )
}

function SinceFields({
  window,
  invalid,
  onChange,
}: {
  window: Extract<RuleWindow, { kind: 'since' }>
  invalid: boolean
  onChange: (window: RuleWindow) => void
}) {
  const t = useT(ruleTexts)
  const known = useKnownProperties(null)
  return (
    <>
      <PropertyPicker
        value={window.attribute}
        known={known}
        width={130}
        invalid={invalid}
        onChange={(attribute) => onChange({ ...window, attribute })}
      />
      <SpanInput
        span={window.within ?? null}
        label={t('within')}
        onChange={(within) => onChange({ ...window, within })}
        onClear={() => onChange({ kind: window.kind, attribute: window.attribute })}
      />
    </>
  )
}
