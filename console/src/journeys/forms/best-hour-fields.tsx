import { type BestHour, bestHourDaysMax, hoursOfDay } from '@chaoxi/contract'
import { InputNumber, Select, Space } from 'antd'
import { useT } from '../../i18n/index.ts'
import { EventPicker } from '../../rules/pickers.tsx'
import { bestHourTexts } from '../words/best-hour-texts.ts'
import { hourWords } from '../words/until-words.ts'
import { Field } from './fields.tsx'

/** Of what the customer's best hour is made. */
export function BestHourFields({ until, onChange }: { until: BestHour; onChange: (until: BestHour) => void }) {
  const t = useT(bestHourTexts)
  return (
    <>
      <Field label={t('event')}>
        <EventPicker value={until.event} width="100%" invalid={until.event === ''} onChange={(event) => onChange({ ...until, event })} />
      </Field>
      <Field label={t('span')} hint={t('spanHint')}>
        <Space wrap>
          <InputNumber
            value={until.days}
            min={1}
            max={bestHourDaysMax}
            precision={0}
            suffix={t('days')}
            aria-label={t('span')}
            style={{ width: 120 }}
            onChange={(days) => days !== null && onChange({ ...until, days })}
          />
          <InputNumber
            value={until.least}
            min={1}
            max={1_000}
            precision={0}
            prefix={t('leastPrefix')}
            suffix={t('times')}
            aria-label={t('least')}
            style={{ width: 160 }}
            onChange={(least) => least !== null && onChange({ ...until, least })}
          />
        </Space>
      </Field>
      <Field label={t('defaultHour')}>
        <Select
          value={until.defaultHour}
          aria-label={t('defaultHour')}
          style={{ width: 160 }}
          options={Array.from({ length: hoursOfDay }, (_, hour) => ({ value: hour, label: hourWords(hour) }))}
          onChange={(defaultHour) => onChange({ ...until, defaultHour })}
        />
      </Field>
    </>
  )
}
