import { defineTexts } from '../../i18n/index.ts'

/** Words of the step at which a colleague has something to do. */
export const taskNodeTexts = defineTexts({
  title: { zh: '要做什么', en: 'What is to be done' },
  titlePlaceholder: { zh: '例如：回访 {{ customer.name }}', en: 'e.g. Call {{ customer.name }}' },
  instructions: { zh: '说明', en: 'Instructions' },
  instructionsPlaceholder: { zh: '怎么做、说什么、注意什么', en: 'How, what to say, what to mind' },
  textHint: {
    zh: '可以写 {{ customer.属性 }}、{{ event.触发时的属性 }}、{{ coupon.code }}、{{ shop.name }}；同事打开时按用户当时的资料显示。',
    en: '{{ customer.… }}, {{ event.… }}, {{ coupon.code }} and {{ shop.name }} may stand in it; a colleague reads them as they are then.',
  },
  who: { zh: '谁来做', en: 'Who does it' },
  who_anyone: { zh: '谁都可以', en: 'Anybody' },
  who_role: { zh: '一种角色', en: 'A role' },
  who_member: { zh: '指定同事', en: 'One colleague' },
  whoHint: { zh: '别的同事也看得到，可以领走或转交。', en: 'Others see it too, and may take it or hand it on.' },
  role: { zh: '角色', en: 'Role' },
  member: { zh: '同事', en: 'Colleague' },
  memberMissing: { zh: '选一位同事', en: 'Choose a colleague' },
  memberGone: { zh: '{email}（已不在）', en: '{email} (gone)' },
  due: { zh: '多久之内', en: 'Within' },
  dueHint: {
    zh: '到时没有人选结果就算超时，用户走“超时”。',
    en: 'When nobody has chosen a result by then, it is overdue and “timed out” is taken.',
  },
  priority: { zh: '优先级', en: 'Priority' },
  priority_normal: { zh: '普通', en: 'Normal' },
  priority_high: { zh: '高', en: 'High' },
  priorityHint: { zh: '高优先级的新待办会提醒能做的同事。', en: 'A new task of high priority is announced to those who may do it.' },
  outcomes: { zh: '结果', en: 'Results' },
  outcomesHint: { zh: '同事做完选一个，用户走对应的路。', en: 'The colleague chooses one, and the customer goes that way.' },
})
