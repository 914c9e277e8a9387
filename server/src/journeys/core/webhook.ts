import { answerProperty, type ReadAnswers, type WebhookAnswer } from '@chaoxi/contract'

// What other systems have answered, as a run keeps it.

/** By node and name. */
export type KeptAnswers = Readonly<Record<string, Readonly<Record<string, string | number | boolean>>>>

/** Characters of all answers that a run keeps, names included. */
export const keptLengthMax = 16_000

export interface WebhookDeed {
  readonly kind: 'webhook'
  readonly effectKey: string
  readonly nodeId: string
  readonly endpoint: string
  readonly values: Readonly<Record<string, unknown>>
  readonly answers: readonly WebhookAnswer[]
  readonly retryForMs: number
}

export type UnusableAnswer = Readonly<{ name: string; reason: ReadAnswers['unusable'][number]['reason'] | 'too_much' | 'no_json' }>

/** What a good answer has told. */
export interface Heeded {
  readonly values: ReadAnswers['values']
  readonly unusable: readonly UnusableAnswer[]
}

const lengthOf = (nodeId: string, name: string, value: unknown) => answerProperty(nodeId, name).length + String(value).length

/** All that the run keeps after the node, whose earlier answers go; what is beyond the measure is left out. */
export function keepAnswers(kept: KeptAnswers | undefined, nodeId: string, heeded: Heeded): { kept: KeptAnswers; heeded: Heeded } {
  const { [nodeId]: _before, ...others } = kept ?? {}
  const used = Object.entries(others).flatMap(([id, values]) => Object.entries(values).map(([name, value]) => lengthOf(id, name, value)))
  let left = keptLengthMax - used.reduce((sum, one) => sum + one, 0)
  const values: Record<string, string | number | boolean> = {}
  const unusable = [...heeded.unusable]
  for (const [name, value] of Object.entries(heeded.values)) {
    const length = lengthOf(nodeId, name, value)
    if (length > left) unusable.push({ name, reason: 'too_much' })
    else {
      values[name] = value
      left -= length
    }
  }
  return { kept: { ...others, [nodeId]: values }, heeded: { values, unusable } }
}

/** What a rehearsal takes the answer to be. */
export function sampleAnswers(answers: readonly WebhookAnswer[]): Heeded {
  const known = answers.flatMap(({ name, sample }) => (sample === undefined ? [] : [[name, sample] as const]))
  return {
    values: Object.fromEntries(known),
    unusable: answers.flatMap(({ name, sample }) => (sample === undefined ? [{ name, reason: 'missing' as const }] : [])),
  }
}
