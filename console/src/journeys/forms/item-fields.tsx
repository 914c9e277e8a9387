import { type ItemTrigger, interestDaysMax, interests } from '@chaoxi/contract'
import { Checkbox, InputNumber, Segmented, Space } from 'antd'
import { useT } from '../../i18n/index.ts'
import { triggerTexts } from '../words/trigger-texts.ts'
import { Field, type TriggerFieldsProps } from './fields.tsx'

type Fields = TriggerFieldsProps<ItemTrigger>

/** What changes of an item, and whom it concerns. */
export function ItemFields({ trigger, onChange }: Fields) {
  const t = useT(triggerTexts)
  const { minimum: _, ...rest } = trigger
  return (
    <>
      <Field label={t('itemChange')} hint={t('itemHint')}>
        <Segmented
          value={trigger.change}
          options={(['price_drop', 'back_in_stock'] as const).map((change) => ({ value: change, label: t(`item_${change}`) }))}
          onChange={(change) => change !== trigger.change && onChange({ ...rest, change })}
        />
      </Field>
      {trigger.change === 'price_drop' && <Minimum trigger={trigger} onChange={onChange} />}
      <Field label={t('interest')}>
        <Checkbox.Group
          value={trigger.interest}
          options={interests.map((interest) => ({ value: interest, label: t(`interest_${interest}`) }))}
          onChange={(chosen) => onChange({ ...trigger, interest: interests.filter((one) => chosen.includes(one)) })}
        />
      </Field>
      <Field label={t('interestDays')}>
        <InputNumber
          value={trigger.days}
          min={1}
          max={interestDaysMax}
          precision={0}
          suffix={t('reentryDay')}
          aria-label={t('interestDays')}
          style={{ width: 140 }}
          onChange={(days) => days !== null && onChange({ ...trigger, days })}
        />
      </Field>
      <div className="side-field">
        <Checkbox checked={trigger.unlessBought} onChange={({ target }) => onChange({ ...trigger, unlessBought: target.checked })}>
          {t('unlessBought')}
        </Checkbox>
      </div>
    </>
  )
}

const units = ['percent', 'fen', 'any'] as const
const least = (unit: 'percent' | 'fen') => (unit === 'percent' ? { unit, value: 10 } : { unit, value: 1_000 })

function Minimum({ trigger, onChange }: Fields) {
  const t = useT(triggerTexts)
  const { minimum, ...rest } = trigger
  const isPercent = minimum?.unit === 'percent'
  return (
    <Field label={t('minimum')} hint={t('minimumHint')}>
      <Space>
        <Segmented
          value={minimum?.unit ?? 'any'}
          options={units.map((unit) => ({ value: unit, label: t(`minimum_${unit}`) }))}
          onChange={(unit: (typeof units)[number]) => {
            if (unit === 'any') onChange(rest)
            else if (unit !== minimum?.unit) onChange({ ...rest, minimum: least(unit) })
          }}
        />
        {minimum !== undefined && (
          <InputNumber
            value={isPercent ? minimum.value : minimum.value / 100}
            min={isPercent ? 1 : 0.01}
            max={isPercent ? 99 : 1_000_000}
            precision={isPercent ? 0 : 2}
            suffix={isPercent ? '%' : t('yuan')}
            aria-label={t('minimum')}
            style={{ width: 130 }}
            onChange={(value) => {
              if (value === null) return
              onChange({ ...rest, minimum: isPercent ? { unit: 'percent', value } : { unit: 'fen', value: Math.round(value * 100) } })
            }}
          />
        )}
      </Space>
    </Field>
  )
}
