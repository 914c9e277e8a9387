import { absenceDaysMax, durationMs, type PropertyFilter, type ReplyTrigger, replyProblems, type Trigger } from '@chaoxi/contract'
import { hasErrors, ruleProblems } from '../../rules/rule-problems.ts'
import type { Known } from './problems.ts'

const words = {
  event: { zh: '还没选触发行为', en: 'The trigger has no event' },
  filters: { zh: '属性条件没填完整', en: 'A property condition is not complete' },
  none: { zh: '“之后没有做”里有一条还没选行为', en: 'What must not follow lacks an event' },
  same: { zh: '同一个值的属性没选全', en: 'The property of the same value is not chosen' },
  within: { zh: `等待时间最长 ${absenceDaysMax} 天`, en: `The time is ${absenceDaysMax} days at most` },
  attribute: { zh: '还没选日期属性', en: 'No date chosen' },
  audience: { zh: '“给谁”的条件没填完整', en: 'The condition of the audience is not complete' },
  replyNone: { zh: '还没填回复的关键词', en: 'No words of the reply' },
  replyBlank: { zh: '关键词里有一个只有标点', en: 'A word of the reply is punctuation alone' },
  replyOptOut: {
    zh: '有一个关键词是退订词：回复它就是退订，不会开始流程',
    en: 'A word of the reply ends marketing: whoever says it has refused, and starts no journey',
  },
  interest: { zh: '还没选怎样算感兴趣', en: 'What counts as interest is not chosen' },
  span: { zh: '结束日期早于开始日期', en: 'It ends before it begins' },
  weeks: { zh: '每几周一次要填开始日期，从那一周数起', en: 'Every few weeks: say from which day they are counted' },
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
    case 'event_absence':
      return absenceProblems(trigger)
    case 'inbound_message':
      return replyWords(trigger)
    case 'item_change':
      return trigger.interest.length === 0 ? [words.interest] : []
    case 'schedule':
      return scheduleProblems(trigger, known)
    case 'date':
      return trigger.attribute === '' ? [words.attribute] : []
    case 'call':
      return []
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

function absenceProblems({ none, same, within, ...first }: Extract<Trigger, { kind: 'event_absence' }>): Word[] {
  return [
    ...matchProblems(first),
    ...(none.some((match) => match.event === '') ? [words.none] : []),
    ...(none.every((match) => filtersComplete(match.filters)) ? [] : [words.filters]),
    ...(same !== undefined && (same.first === '' || same.none === '') ? [words.same] : []),
    ...(durationMs(within) > absenceDaysMax * dayMs ? [words.within] : []),
  ]
}

function replyWords(trigger: ReplyTrigger): Word[] {
  const found = replyProblems(trigger).map(({ message }) =>
    message.includes('ends marketing') ? words.replyOptOut : message.includes('punctuation') ? words.replyBlank : words.replyNone,
  )
  return [...new Set(found)]
}

function scheduleProblems({ audience, repeat, from, to }: Extract<Trigger, { kind: 'schedule' }>, known: Known): Word[] {
  return [
    ...(audience.kind === 'segment'
      ? segmentProblems(audience.segment, known)
      : hasErrors(ruleProblems(audience.rule))
        ? [words.audience]
        : []),
    ...(from !== undefined && to !== undefined && to < from ? [words.span] : []),
    ...(repeat.kind === 'weekly' && repeat.weeks > 1 && from === undefined ? [words.weeks] : []),
  ]
}

const dayMs = 86_400_000

function segmentProblems(segment: string, known: Known): Word[] {
  if (segment === '') return [words.segment]
  return known.segments !== null && !known.segments.has(segment) ? [words.segmentGone] : []
}

/** Whether a trigger may be kept: what must be chosen is. */
export function triggerComplete(trigger: Trigger): boolean {
  const nothing = {
    templates: null,
    segments: null,
    tags: null,
    coupons: null,
    staticTags: null,
    journeys: null,
    taskMembers: null,
    couponless: new Set<string>(),
    holdouts: null,
  }
  return triggerProblems(trigger, nothing).length === 0
}

export const filtersComplete = (filters: readonly PropertyFilter[]): boolean =>
  !filters.some((filter) => hasErrors(ruleProblems({ kind: 'attribute', filter })))
