import type { ValueModel } from '@chaoxi/contract'
import { type Language, useLanguage, useT } from '../i18n/index.ts'
import { eventName, propertyName } from '../rules/event-names.ts'
import { formatNumber } from '../ui/index.ts'
import { askedFields, draftOfModel, labelOf, shareFields } from './model-draft.ts'
import { valueTexts } from './value-texts.ts'

/** Cents only where there are some. */
export function settingText(value: unknown, language: Language): string {
  const number = Number(value ?? 0)
  return formatNumber(number, language, { digits: Number.isInteger(number) ? 0 : 2 })
}

/** A model with its settings as one line; null without a model. */
export function useModelWords(): (model: ValueModel | null) => string | null {
  const t = useT(valueTexts)
  const language = useLanguage()
  return (model) => {
    const draft = draftOfModel(model)
    if (draft === null) return null
    const { kind, settings, quantiles } = draft
    const number = (value: unknown) => settingText(value, language)
    const said = askedFields(draft).map((field) => {
      const value = settings[field]
      if (Array.isArray(value)) return `${t(labelOf(draft, field))} ${value.join(language === 'zh' ? '、' : ', ')}`
      return `${t(labelOf(draft, field))} ${typeof value === 'string' ? (field === 'property' ? propertyName(value, language) : eventName(value, language)) : number(value)}`
    })
    if (quantiles !== null) {
      const { recencyDays, frequency, amount } = settings
      said.push(
        ...shareFields.map((share) => `${t(share)} ${t('topShare', { percent: quantiles[share] })}`),
        t('boundaries', { days: number(recencyDays), orders: number(frequency), amount: number(amount) }),
        t('takenOn', { day: quantiles.takenOn }),
      )
    }
    return `${t(`model_${kind}`)} · ${said.join(language === 'zh' ? '；' : '; ')}`
  }
}
