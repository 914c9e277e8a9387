import type { PropertyFilter, Trigger } from '@chaoxi/contract'
import { hasErrors, ruleProblems } from '../rules/rule-problems.ts'
import type { Known } from './problems.ts'

const words = {
  event: { zh: '还没选触发行为', en: 'The trigger has no event' },
  filters: { zh: '属性条件没填完整', en: 'A property condition is not complete' },
  segment: { zh: '还没选触发人群', en: 'The trigger has no segment' },
  segmentGone: { zh: '触发人群不存在或已归档', en: 'The trigger’s segment does not exist or is archived' },
  tag: { zh: '还没选触发标签', en: 'The trigger has no tag' },
  tagGone: { zh: '触发标签不存在或已归档', en: 'The trigger’s tag does not exist or is archived' },
  valueGone: { zh: '触发标签没有这个值', en: 'The trigger’s tag does not have this value' },
} as const
type Word = (typeof words)[keyof typeof words]

/** What a trigger lacks, in an operator's words. */
export function triggerProblems(trigger: Trigger, known: Known): Word[] {
  switch (trigger.kind) {
    case 'event':
      return matchProblems(trigger)
    case 'segment_entry':
    case 'segment_exit':
      return segmentProblems(trigger.segment, known)
    case 'tag_entry':
    case 'tag_exit': {
      const values = known.tags?.get(trigger.tag)
      if (trigger.tag === '') return [words.tag]
      if (known.tags !== null && values === undefined) return [words.tagGone]
      return trigger.value !== undefined && values !== undefined && !values.includes(trigger.value) ? [words.valueGone] : []
    }
  }
}

function matchProblems({ event, filters }: { event: string; filters: readonly PropertyFilter[] }): Word[] {
  return [...(event === '' ? [words.event] : []), ...(filtersComplete(filters) ? [] : [words.filters])]
}

function segmentProblems(segment: string, known: Known): Word[] {
  if (segment === '') return [words.segment]
  return known.segments !== null && !known.segments.has(segment) ? [words.segmentGone] : []
}

/** Whether a trigger may be kept: what must be chosen is. */
export function triggerComplete(trigger: Trigger): boolean {
  return triggerProblems(trigger, { templates: null, segments: null, tags: null, coupons: null, couponless: new Set() }).length === 0
}

export const filtersComplete = (filters: readonly PropertyFilter[]): boolean =>
  !filters.some((filter) => hasErrors(ruleProblems({ kind: 'attribute', filter })))
