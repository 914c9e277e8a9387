import {
  lifecycleSchema,
  lifecycleValues,
  rfmSchema,
  rfmValues,
  type TagValue,
  type ValueModelKind,
  valueBandsSchema,
  valueBandValues,
  valueModelDefaults,
} from '@chaoxi/contract'
import { Button, Form, InputNumber, Modal, Space } from 'antd'
import { useState } from 'react'
import { type Language, useT } from '../i18n/index.ts'
import { EventPicker, PropertyPicker, useKnownProperties } from '../rules/pickers.tsx'
import { ruleSentence } from '../rules/rule-sentence.ts'
import { useNaming } from '../rules/use-naming.ts'
import { valueTexts } from './value-texts.ts'

type Field = 'event' | 'property' | 'interest' | NumberField
type NumberField =
  | 'newDays'
  | 'activeDays'
  | 'lostDays'
  | 'days'
  | 'high'
  | 'mid'
  | 'interestDays'
  | 'interestTimes'
  | 'recencyDays'
  | 'frequency'
  | 'amount'
type Settings = Partial<Record<Field, string | number | null>>

const models: Record<ValueModelKind, { fields: readonly Field[]; write: (settings: Settings, language: Language) => Written }> = {
  lifecycle: {
    fields: ['event', 'newDays', 'activeDays', 'lostDays'],
    write: (given, language) => written(lifecycleSchema.safeParse(given), (one) => lifecycleValues(one, language)),
  },
  bands: {
    fields: ['event', 'property', 'days', 'high', 'mid', 'interest', 'interestDays', 'interestTimes'],
    write: (given, language) => written(valueBandsSchema.safeParse(given), (one) => valueBandValues(one, language)),
  },
  rfm: {
    fields: ['event', 'property', 'days', 'recencyDays', 'frequency', 'amount'],
    write: (given, language) => written(rfmSchema.safeParse(given), (one) => rfmValues(one, language)),
  },
}

interface Written {
  readonly values: TagValue[] | null
  /** Fields that do not fit the others. */
  readonly wrong: ReadonlySet<string>
}

type Parsed<Known> = { success: true; data: Known } | { success: false; error: { issues: readonly { path: readonly PropertyKey[] }[] } }

function written<Known>(parsed: Parsed<Known>, write: (settings: Known) => TagValue[]): Written {
  if (parsed.success) return { values: write(parsed.data), wrong: new Set() }
  return { values: null, wrong: new Set(parsed.error.issues.map((issue) => String(issue.path[0]))) }
}

const crossWords = { lostDays: 'wrong_lostDays', high: 'wrong_high', recencyDays: 'wrong_recencyDays' } as const
const isCross = (field: Field): field is keyof typeof crossWords => field in crossWords

/** The ready models; one asks for its boundaries and writes the values. */
export function ModelButtons({ count, onUse }: { count: number; onUse: (values: TagValue[]) => void }) {
  const t = useT(valueTexts)
  const [model, setModel] = useState<ValueModelKind | null>(null)
  return (
    <Space size={4}>
      <span className="muted">{t('fromModel')}</span>
      {(['lifecycle', 'bands', 'rfm'] as const).map((name) => (
        <Button key={name} size="small" onClick={() => setModel(name)}>
          {t(`model_${name}`)}
        </Button>
      ))}
      {model !== null && (
        <ModelForm
          model={model}
          count={count}
          onClose={() => setModel(null)}
          onUse={(values) => {
            onUse(values)
            setModel(null)
          }}
        />
      )}
    </Space>
  )
}

interface FormProps {
  model: ValueModelKind
  count: number
  onClose: () => void
  onUse: (values: TagValue[]) => void
}

function ModelForm({ model, count, onClose, onUse }: FormProps) {
  const t = useT(valueTexts)
  const naming = useNaming()
  const [settings, setSettings] = useState<Settings>(valueModelDefaults[model])
  const { fields, write } = models[model]
  const { values, wrong } = write(settings, naming.language)
  const set = (field: Field, value: string | number | null) => setSettings((old) => ({ ...old, [field]: value }))
  const text = (field: Field) => String(settings[field] ?? '')
  const known = useKnownProperties(text('event'))
  const words = (field: Field) => {
    if (!wrong.has(field)) return {}
    const help = isCross(field) && typeof settings[field] === 'number' ? t(crossWords[field]) : t('wrong_number')
    return { validateStatus: 'error' as const, help }
  }
  return (
    <Modal
      open
      width={720}
      title={t(`model_${model}`)}
      okText={t('modelUse')}
      okButtonProps={{ disabled: values === null }}
      onOk={() => values !== null && onUse(values)}
      onCancel={onClose}
    >
      <p className="muted">{t(`hint_${model}`)}</p>
      <Form layout="vertical" component={false} requiredMark={false}>
        <div className="model-fields">
          {fields.map((field) => (
            <Form.Item key={field} label={t(field)} {...words(field)}>
              {field === 'event' || field === 'interest' ? (
                <EventPicker value={text(field)} width="100%" onChange={(value) => set(field, value)} />
              ) : field === 'property' ? (
                <PropertyPicker known={known} numeric value={text(field)} width="100%" onChange={(value) => set(field, value)} />
              ) : (
                <InputNumber
                  value={Number(settings[field] ?? 0)}
                  min={field === 'amount' || field === 'high' || field === 'mid' ? 0 : 1}
                  aria-label={t(field)}
                  style={{ width: '100%' }}
                  onChange={(value) => set(field, value)}
                />
              )}
            </Form.Item>
          ))}
        </div>
      </Form>
      {values !== null && (
        <>
          <h4>{t('modelResult')}</h4>
          <dl className="value-sentences">
            {values.map(({ value, rule }) => [<dt key={value}>{value}</dt>, <dd key={`${value} rule`}>{ruleSentence(rule, naming)}</dd>])}
          </dl>
        </>
      )}
      {count > 0 && <p className="rule-warning">{t('modelReplace', { count })}</p>}
    </Modal>
  )
}
