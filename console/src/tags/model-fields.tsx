import { Form, InputNumber, Segmented } from 'antd'
import { useT } from '../i18n/index.ts'
import { EventPicker, PropertyPicker, useKnownProperties } from '../rules/pickers.tsx'
import {
  askedFields,
  byDistribution,
  type Field,
  labelOf,
  type ModelDraft,
  type RankedBy,
  rankedBy,
  readModel,
  type Setting,
  withRankedBy,
} from './model-draft.ts'
import { PreferredValues } from './preference-fields.tsx'
import { RfmClasses, RfmQuantiles } from './rfm-fields.tsx'
import { valueTexts } from './value-texts.ts'

const crossWords = { lostDays: 'wrong_lostDays', high: 'wrong_high', recencyDays: 'wrong_recencyDays' } as const
const isCross = (field: Field): field is keyof typeof crossWords => field in crossWords
const amounts: readonly Field[] = ['amount', 'high', 'mid']

interface Props {
  readonly draft: ModelDraft
  readonly onChange: (draft: ModelDraft) => void
  /** What the values are called, in their order. */
  readonly names: readonly string[]
}

/** The settings of a model; of RFM with the sizes of its classes as they would be now. */
export function ModelFields({ draft, onChange, names }: Props) {
  const t = useT(valueTexts)
  const { kind, settings, quantiles } = draft
  const { wrong } = readModel(draft)
  const set = (field: Field, value: Setting) => onChange({ ...draft, settings: { ...settings, [field]: value } })
  const text = (field: Field) => String(settings[field] ?? '')
  const known = useKnownProperties(text('event'))
  const words = (field: Field) => {
    if (!wrong.has(field)) return {}
    if (field === 'values')
      return { validateStatus: 'error' as const, help: t(rankedBy(draft) === 'value' ? 'wrong_values' : 'wrong_edges') }
    const help = isCross(field) && typeof settings[field] === 'number' ? t(crossWords[field]) : t('wrong_number')
    return { validateStatus: 'error' as const, help }
  }
  return (
    <Form layout="vertical" component={false} requiredMark={false}>
      <p className="muted">{t(`hint_${kind}`)}</p>
      {kind === 'rfm' && (
        <Form.Item label={t('scale')}>
          <Segmented<'fixed' | 'quantiles'>
            value={quantiles === null ? 'fixed' : 'quantiles'}
            options={(['fixed', 'quantiles'] as const).map((value) => ({ value, label: t(`scale_${value}`) }))}
            onChange={(value) => onChange(byDistribution(draft, value === 'quantiles'))}
          />
        </Form.Item>
      )}
      {kind === 'preference' && (
        <Form.Item label={t('rankedBy')}>
          <Segmented<RankedBy>
            value={rankedBy(draft)}
            options={(['value', 'band', 'hour'] as const).map((value) => ({ value, label: t(`rankedBy_${value}`) }))}
            onChange={(by) => onChange(withRankedBy(draft, by))}
          />
        </Form.Item>
      )}
      <div className="model-fields">
        {askedFields(draft).map((field) => (
          <Form.Item key={field} label={t(labelOf(draft, field))} className={field === 'values' ? 'model-wide' : ''} {...words(field)}>
            {field === 'values' ? (
              <PreferredValues
                by={rankedBy(draft)}
                values={settings.values}
                property={known.find((one) => one.name === text('property'))}
                onChange={(values) => set(field, values)}
              />
            ) : field === 'event' || field === 'interest' ? (
              <EventPicker value={text(field)} width="100%" onChange={(value) => set(field, value)} />
            ) : field === 'property' ? (
              <PropertyPicker
                known={known}
                numeric={kind !== 'preference' || rankedBy(draft) === 'band'}
                value={text(field)}
                width="100%"
                onChange={(value) => set(field, value)}
              />
            ) : (
              <InputNumber
                value={settings[field] === null ? null : Number(settings[field] ?? 0)}
                min={amounts.includes(field) ? 0 : 1}
                aria-label={t(field)}
                style={{ width: '100%' }}
                onChange={(value) => set(field, value)}
              />
            )}
          </Form.Item>
        ))}
      </div>
      {quantiles !== null && <RfmQuantiles draft={draft} quantiles={quantiles} onChange={onChange} />}
      {kind === 'rfm' && <RfmClasses draft={draft} names={names} />}
    </Form>
  )
}
