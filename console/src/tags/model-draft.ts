import {
  modelValues,
  type Preference,
  type RfmAgain,
  type RfmPreview,
  type RfmShares,
  rankedName,
  rfmSharesDefault,
  type TagValue,
  type ValueModel,
  type ValueModelKind,
  valueModelDefaults,
  valueModelSchema,
} from '@chaoxi/contract'
import type { Language } from '../i18n/index.ts'
import { bandEdges, hourEdges } from '../rules/preference-edges.ts'

// A model under the pen: its settings as they stand in the form, complete or not.

const fieldsOf = {
  lifecycle: ['event', 'newDays', 'activeDays', 'lostDays'],
  bands: ['event', 'property', 'days', 'high', 'mid', 'interest', 'interestDays', 'interestTimes'],
  rfm: ['event', 'property', 'days', 'recencyDays', 'frequency', 'amount'],
  preference: ['event', 'property', 'days', 'rank', 'least', 'values'],
} as const
export type Field = (typeof fieldsOf)[ValueModelKind][number]

export type RankedBy = Preference['by']
export const rankedBy = ({ settings: { by } }: ModelDraft): RankedBy => (by === 'band' || by === 'hour' ? by : 'value')

const toBeginWith = {
  value: { property: 'category', values: [] },
  band: { property: 'price', values: bandEdges },
  hour: { property: '', values: hourEdges },
} as const

/** A preference by something else. */
export function withRankedBy(draft: ModelDraft, by: RankedBy): ModelDraft {
  return { ...draft, settings: { ...draft.settings, by, ...toBeginWith[by] } }
}

/** What a field is called: of a preference neither the event nor the property is that of a purchase. */
export function labelOf(draft: ModelDraft, field: Field) {
  if (field === 'values') return `values_${rankedBy(draft)}` as const
  if (draft.kind !== 'preference') return field
  return field === 'event' ? 'preferenceEvent' : field === 'property' ? 'preferenceProperty' : field
}

/** Boundaries of RFM, which may come from the distribution. */
const boundaryFields: readonly Field[] = ['recencyDays', 'frequency', 'amount']
/** What they are taken by there: how many are meant to be high. */
export const shareFields = ['recent', 'frequent', 'much'] as const

export interface Quantiles extends RfmShares {
  readonly again: RfmAgain
  /** Empty: not taken yet. */
  readonly takenOn: string
}

export type Setting = string | number | readonly (string | number)[] | null

export interface ModelDraft {
  readonly kind: ValueModelKind
  readonly settings: Readonly<Partial<Record<Field | 'by', Setting>>>
  /** Of RFM by the distribution; null: fixed boundaries. */
  readonly quantiles: Quantiles | null
  /** For what the boundaries were taken (`subjectOf`); null: they have to be taken. */
  readonly takenFor: string | null
}

export const newDraft = (kind: ValueModelKind): ModelDraft => ({
  kind,
  settings: valueModelDefaults[kind],
  quantiles: null,
  takenFor: null,
})

/** The fields of a draft in the order in which they are asked; what comes from the distribution is not. */
export function askedFields(draft: ModelDraft): Field[] {
  const fields: readonly Field[] = fieldsOf[draft.kind]
  const ofDay = draft.kind === 'preference' && rankedBy(draft) === 'hour'
  return fields.filter((field) => !(ofDay && field === 'property') && (draft.quantiles === null || !boundaryFields.includes(field)))
}

export function draftOfModel(model: ValueModel | null): ModelDraft | null {
  if (model === null) return null
  if (model.kind !== 'rfm') return { ...model, quantiles: null, takenFor: null }
  const { quantiles = null, ...settings } = model.settings
  const draft: ModelDraft = { kind: 'rfm', settings, quantiles, takenFor: null }
  return quantiles === null ? draft : { ...draft, takenFor: subjectOf(draft) }
}

/** What boundaries from the distribution depend on. */
export function subjectOf({ settings: { event, property, days }, quantiles }: ModelDraft): string {
  return JSON.stringify([event, property, days, quantiles?.recent, quantiles?.frequent, quantiles?.much])
}

/** Boundaries have to be taken before the model can be stored. */
export const isStale = (draft: ModelDraft): boolean => draft.quantiles !== null && draft.takenFor !== subjectOf(draft)

/** Goes over to boundaries from the distribution, or stays with those that are there as fixed ones. */
export function byDistribution(draft: ModelDraft, on: boolean): ModelDraft {
  return { ...draft, quantiles: on ? { ...rfmSharesDefault, again: 'month', takenOn: '' } : null, takenFor: null }
}

export function withTaken(draft: ModelDraft, { boundaries, takenOn }: RfmPreview): ModelDraft {
  if (draft.quantiles === null || boundaries === null) return draft
  return {
    ...draft,
    settings: { ...draft.settings, ...boundaries },
    quantiles: { ...draft.quantiles, takenOn },
    takenFor: subjectOf(draft),
  }
}

export interface ReadModel {
  /** Null while something is missing or does not fit. */
  readonly model: ValueModel | null
  /** Fields that are not there or do not fit the others. */
  readonly wrong: ReadonlySet<string>
}

export function readModel(draft: ModelDraft): ReadModel {
  const { kind, settings, quantiles } = draft
  const parsed = valueModelSchema.safeParse({ kind, settings: quantiles === null ? settings : { ...settings, quantiles } })
  if (parsed.success) return { model: isStale(draft) ? null : parsed.data, wrong: new Set() }
  return { model: null, wrong: new Set(parsed.error.issues.map((issue) => String(issue.path[1]))) }
}

/** Whether a person can have several of the values. */
export const isSeveral = ({ kind, settings }: ModelDraft): boolean => kind === 'preference' && Number(settings.rank) > 1

/** What the values that a draft writes are called already: those of a preference go by what they ask for, the others by their places. */
export function namesIn(draft: ModelDraft, values: readonly TagValue[], language: Language): string[] {
  if (draft.kind !== 'preference') return values.map((one) => one.value)
  const given = new Map<string | number, string>()
  for (const { value: name, rule } of values) {
    const [value] = rule.kind === 'preference' ? rule.values : []
    // What the model called it is no name that somebody gave: a band may end elsewhere now.
    if (value !== undefined && rule.kind === 'preference' && !languages.some((one) => rankedName(value, rule.of, one) === name))
      given.set(value, name)
  }
  const asked = ({ rule }: TagValue) => (rule.kind === 'preference' ? rule.values[0] : undefined)
  return (valuesOfModel(draft, language, []) ?? []).map((one) => given.get(asked(one) ?? '') ?? one.value)
}
const languages = ['zh', 'en'] as const

/** What the model writes, under the names that the values have; null while it is not complete. */
export function valuesOfModel(draft: ModelDraft, language: Language, names: readonly string[]): TagValue[] | null {
  const { model } = readModel(draft)
  return model && modelValues(model, language, names)
}
