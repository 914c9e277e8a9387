import { CloseOutlined, PlusOutlined } from '@ant-design/icons'
import type { EventClock } from '@chaoxi/contract'
import { Button, Input, Select } from 'antd'
import { useLanguage, useT } from '../i18n/index.ts'
import { useTimeZone } from '../shell/me.ts'
import { IconButton } from '../ui/index.ts'
import { weekdays, weekdaysWords, weekdayWord } from './clock-words.ts'
import { ruleTexts } from './texts.ts'

export function ClockInput({ label, value, onChange }: { label: string; value: string; onChange: (value: string) => void }) {
  return (
    <Input
      type="time"
      value={value}
      aria-label={label}
      style={{ width: 120 }}
      onChange={(event) => event.target.value !== '' && onChange(event.target.value)}
    />
  )
}

const evening: EventClock = { hours: { from: '20:00', to: '23:00' } }

interface ClockFieldsProps<Match> {
  match: Match
  onChange: (match: Match) => void
}

/** At which hours and on which weekdays an event must have happened; a button until that is wanted. */
export function ClockFields<Match extends { event: string; clock?: EventClock | undefined }>({ match, onChange }: ClockFieldsProps<Match>) {
  const t = useT(ruleTexts)
  const zone = useTimeZone()
  const { clock } = match
  if (clock === undefined)
    return (
      <Button
        type="link"
        size="small"
        className="rule-add-filter"
        icon={<PlusOutlined />}
        disabled={match.event === ''}
        onClick={() => onChange({ ...match, clock: evening })}
      >
        {t('addClock')}
      </Button>
    )
  return (
    <div className="rule-fields rule-filter">
      <span className="muted" title={t('clockZone', { zone })}>
        {t('clockAt')}
      </span>
      <HoursFields clock={clock} onChange={(next) => onChange({ ...match, clock: next })} />
      <WeekdaySelect clock={clock} onChange={(next) => onChange({ ...match, clock: next })} />
      <IconButton icon={<CloseOutlined />} label={t('clearSpan', { label: t('clock') })} onClick={() => onChange(withoutClock(match))} />
    </div>
  )
}

function withoutClock<Match extends { clock?: EventClock | undefined }>(match: Match): Match {
  const copy = { ...match }
  delete copy.clock
  return copy
}

interface PartProps {
  clock: EventClock
  onChange: (clock: EventClock) => void
}

function HoursFields({ clock, onChange }: PartProps) {
  const t = useT(ruleTexts)
  const { hours, ...days } = clock
  const whole = hours === undefined
  return (
    <>
      <Select<'hours' | 'whole'>
        value={whole ? 'whole' : 'hours'}
        aria-label={t('clockHours')}
        popupMatchSelectWidth={false}
        style={{ width: 'auto' }}
        options={[
          { value: 'hours', label: t('clockHours') },
          { value: 'whole', label: t('clockWhole') },
        ]}
        onChange={(next) => {
          if (next === 'whole') onChange({ ...days, weekdays: days.weekdays ?? [6, 7] })
          else if (whole) onChange({ ...clock, ...evening })
        }}
      />
      {hours !== undefined && (
        <>
          <ClockInput label={t('clockFrom')} value={hours.from} onChange={(from) => onChange({ ...clock, hours: { ...hours, from } })} />
          <span className="muted">{t(hours.to > hours.from ? 'clockUntil' : 'clockUntilNext')}</span>
          <ClockInput label={t('clockTo')} value={hours.to} onChange={(to) => onChange({ ...clock, hours: { ...hours, to } })} />
        </>
      )}
    </>
  )
}

/** No weekday chosen means every day. */
function WeekdaySelect({ clock, onChange }: PartProps) {
  const t = useT(ruleTexts)
  const language = useLanguage()
  const { weekdays: chosen, ...rest } = clock
  return (
    <Select<number[]>
      mode="multiple"
      value={chosen ?? []}
      aria-label={t('clockWeekdays')}
      placeholder={weekdaysWords(weekdays, language)}
      popupMatchSelectWidth={false}
      style={{ minWidth: 110 }}
      options={weekdays.map((day) => ({ value: day, label: weekdayWord(day, language) }))}
      onChange={(days) => {
        if (days.length > 0) onChange({ ...rest, weekdays: weekdays.filter((day) => days.includes(day)) })
        else onChange(rest.hours === undefined ? { ...rest, ...evening } : rest)
      }}
    />
  )
}
