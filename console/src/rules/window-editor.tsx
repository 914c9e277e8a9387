import type { RuleWindow } from '@chaoxi/contract'
import { Input, InputNumber, Select } from 'antd'
import { useLanguage, useT } from '../i18n/index.ts'
import { useTimeZone } from '../shell/me.ts'
import { ruleTexts } from './texts.ts'
import { windowSentence } from './window-sentence.ts'
import { fromLocalInput, startOfDay, toLocalInput } from './zoned-time.ts'

const simple: ReadonlySet<string> = new Set(['ever', 'rolling', 'between'])

/** When the events must have happened: the last so many days, between two moments, or ever. */
export function WindowEditor({
  window,
  invalid,
  onChange,
}: {
  window: RuleWindow
  invalid: boolean
  onChange: (window: RuleWindow) => void
}) {
  const t = useT(ruleTexts)
  const timeZone = useTimeZone()
  const naming = { language: useLanguage(), timeZone }
  const choose = (kind: RuleWindow['kind']) => {
    if (kind === window.kind) return
    if (kind === 'ever') return onChange({ kind })
    if (kind === 'rolling') return onChange({ kind, amount: 7, unit: 'day' })
    if (kind === 'between') onChange({ kind, from: startOfDay(Date.now(), 7, timeZone), to: startOfDay(Date.now(), 0, timeZone) })
  }
  const moment = (field: 'from' | 'to') =>
    window.kind === 'between' && (
      <Input
        type="datetime-local"
        value={toLocalInput(window[field], timeZone)}
        aria-label={t('windowBetween')}
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
      <Select
        value={window.kind}
        aria-label={t('windowKind')}
        popupMatchSelectWidth={false}
        style={{ width: window.kind === 'rolling' || !simple.has(window.kind) ? 'auto' : 110 }}
        options={[
          { value: 'rolling', label: t('windowRolling') },
          { value: 'ever', label: t('windowEver') },
          { value: 'between', label: t('windowBetween') },
          // What has no fields here is shown as a sentence, and changed as JSON.
          ...(simple.has(window.kind) ? [] : [{ value: window.kind, label: windowSentence(window, naming) }]),
        ]}
        onChange={choose}
      />
      {window.kind === 'rolling' && (
        <>
          <InputNumber
            value={window.amount}
            min={1}
            max={100_000}
            precision={0}
            aria-label={t('windowAmount')}
            status={invalid ? 'error' : ''}
            style={{ width: 68 }}
            onChange={(amount) => amount !== null && onChange({ ...window, amount })}
          />
          <Select
            value={window.unit}
            aria-label={t('windowUnit')}
            popupMatchSelectWidth={false}
            style={{ width: 'auto' }}
            options={[
              { value: 'minute', label: t('minute') },
              { value: 'hour', label: t('hour') },
              { value: 'day', label: t('day') },
            ]}
            onChange={(unit) => onChange({ ...window, unit })}
          />
        </>
      )}
      {window.kind === 'between' && (
        <>
          {moment('from')}
          <span>–</span>
          {moment('to')}
        </>
      )}
    </>
  )
}
