import type { SequenceMatch, SequenceRule, SequenceStep } from '@chaoxi/contract'
import { newMatch } from './rule-editing.ts'

// The parts of a sequence hold together: the first step has nothing before it, and a link is named by every step.

export const linkOf = (rule: SequenceRule): string | null => rule.steps.find((step) => step.link !== undefined)?.link ?? null

/** The same item in all steps, or any. Negatives follow where they were linked, and where all begin to be. */
export function withLink(rule: SequenceRule, link: string | null): SequenceRule {
  const before = linkOf(rule)
  const negative = <Match extends SequenceMatch>(match: Match): Match => {
    if (link === null) return unlinked(match)
    return before === null || match.link !== undefined ? { ...match, link } : match
  }
  return eachNegative({ ...rule, steps: rule.steps.map((step) => (link === null ? unlinked(step) : { ...step, link })) }, negative)
}

export function withStep(rule: SequenceRule, index: number, step: SequenceStep): SequenceRule {
  return { ...rule, steps: rule.steps.map((old, at) => (at === index ? step : old)) }
}

export function addStep(rule: SequenceRule): SequenceRule {
  const link = linkOf(rule)
  return { ...rule, steps: [...rule.steps, link === null ? newMatch() : { ...newMatch(), link }] }
}

/** The step that becomes the first loses what is said of the time before it. */
export function removeStep(rule: SequenceRule, index: number): SequenceRule {
  return { ...rule, steps: rule.steps.filter((_, at) => at !== index).map((step, at) => (at === 0 ? asFirst(step) : step)) }
}

/** Two neighbours change places; the time between stays where it is. */
export function swapStep(rule: SequenceRule, index: number): SequenceRule {
  const one = rule.steps[index]
  const other = rule.steps[index + 1]
  if (one === undefined || other === undefined) return rule
  const steps = rule.steps.map((step, at) => (at === index ? between(other, one) : at === index + 1 ? between(one, other) : step))
  return { ...rule, steps }
}

export function withWithout(step: SequenceStep, without: SequenceMatch[]): SequenceStep {
  const { without: _, ...rest } = step
  return without.length === 0 ? rest : { ...rest, without }
}

export function withNoneAfter(rule: SequenceRule, noneAfter: SequenceMatch[]): SequenceRule {
  const { noneAfter: _, ...rest } = rule
  return noneAfter.length === 0 ? rest : { ...rest, noneAfter }
}

export function negativeMatch(rule: SequenceRule): SequenceMatch {
  const link = linkOf(rule)
  return link === null ? newMatch() : { ...newMatch(), link }
}

function asFirst({ after: _, within: __, without: ___, ...step }: SequenceStep): SequenceStep {
  return step
}

/** What happens in `step`, at the time of `place`. */
function between(step: SequenceStep, place: SequenceStep): SequenceStep {
  const { after, within, without } = place
  return {
    ...asFirst(step),
    ...(after === undefined ? {} : { after }),
    ...(within === undefined ? {} : { within }),
    ...(without === undefined ? {} : { without }),
  }
}

export function unlinked<Match extends SequenceMatch>(match: Match): Match {
  const copy = { ...match }
  delete copy.link
  return copy
}

function eachNegative(rule: SequenceRule, change: (match: SequenceMatch) => SequenceMatch): SequenceRule {
  const steps = rule.steps.map((step) => (step.without === undefined ? step : { ...step, without: step.without.map(change) }))
  return rule.noneAfter === undefined ? { ...rule, steps } : { ...rule, steps, noneAfter: rule.noneAfter.map(change) }
}
