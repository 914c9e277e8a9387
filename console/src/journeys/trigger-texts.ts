import { defineTexts } from '../i18n/index.ts'

export const triggerTexts = defineTexts({
  triggerKind: { zh: '触发方式', en: 'Trigger' },
  trigger_event: { zh: '做了某事', en: 'An event' },
  triggerHint_event: { zh: '事件一到就开始，通常在 1 秒内', en: 'Starts as the event comes in, usually within a second' },
  trigger_segment_entry: { zh: '进入人群', en: 'Entering a segment' },
  triggerHint_segment_entry: {
    zh: '之后新进入人群的用户开始；发布前已在人群里的不会进入',
    en: 'For those who enter from now on, not those already in it',
  },
  trigger_segment_exit: { zh: '离开人群', en: 'Leaving a segment' },
  triggerHint_segment_exit: {
    zh: '之后离开人群的用户开始；因修改人群条件而离开的不算',
    en: 'For those who leave from now on; leaving because the segment’s rule was edited does not count',
  },
  trigger_tag_entry: { zh: '打上标签', en: 'Being given a tag' },
  triggerHint_tag_entry: {
    zh: '之后新打上标签的用户开始；发布前已有的不会进入',
    en: 'For those who are given it from now on, not those who have it already',
  },
  trigger_tag_exit: { zh: '失去标签', en: 'Losing a tag' },
  triggerHint_tag_exit: {
    zh: '之后失去标签的用户开始；因修改标签规则而失去的不算',
    en: 'For those who lose it from now on; losing it because the tag’s rule was edited does not count',
  },
  triggerSegment: { zh: '哪个人群', en: 'Segment' },
  triggerTag: { zh: '哪个标签', en: 'Tag' },
  triggerValue: { zh: '标签的值', en: 'Value of the tag' },
  triggerValueAny: { zh: '任意值（换一个值也算）', en: 'Any (going from one to another too)' },
})
