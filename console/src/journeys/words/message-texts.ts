import { defineTexts } from '../../i18n/index.ts'

export const messageTexts = defineTexts({
  attempts: { zh: '不成再发', en: 'Otherwise' },
  attemptsNone: {
    zh: '没有后备：发不出就算了。可以加一个，例如短信发不出时改发弹窗',
    en: 'Nothing else is tried. Add one, such as a popup for whom an SMS cannot reach',
  },
  attemptsHint: {
    zh: '前一个没有授权、退订、没有联系方式、渠道没配置好，或服务商发送失败时，发下一个；同时只有一个在发。超过频次上限、用户已退出时不再发。',
    en: 'The next one goes when the one before was not let through (no consent, unsubscribed, no address, channel not set up) or failed; one at a time. Over the cap, or once the customer has left, nothing more goes.',
  },
  attemptAdd: { zh: '加一个后备', en: 'Add one' },
  attemptChannel: { zh: '第 {number} 个渠道', en: 'Channel {number}' },
  attemptTemplate: { zh: '第 {number} 个模板', en: 'Template {number}' },
  attemptRemove: { zh: '删除第 {number} 个', en: 'Remove {number}' },
  patience: { zh: '还要等到', en: 'And wait until' },
  patience_none: { zh: '发出去就行', en: 'It has gone' },
  patience_delivered: { zh: '已送达', en: 'It was delivered' },
  patience_opened: { zh: '已打开', en: 'It was opened' },
  patienceWithin: { zh: '最多等多久', en: 'Within' },
  patienceNone: { zh: '只在发不出、发送失败时发下一个', en: 'The next one goes only when this one cannot' },
  patienceHint_delivered: {
    zh: '从排队开始算（免打扰时段也算）；没按时送达，还在排队的撤回，再发下一个。',
    en: 'Counted from when it was queued, quiet hours included. One that still waits is taken back before the next goes.',
  },
  patienceHint_opened: {
    zh: '短信点了链接、弹窗展示了算打开。从排队开始算；没按时打开，还在排队的撤回，再发下一个。',
    en: 'The link of an SMS, a popup shown. Counted from when it was queued. One that still waits is taken back before the next goes.',
  },
  test: { zh: '前面的消息', en: 'An earlier message' },
  testAdd: { zh: '按前面消息的结果', en: 'By what became of an earlier message' },
  testNode: { zh: '哪一步的消息', en: 'Message of which step' },
  testState: { zh: '结果', en: 'What became of it' },
  testRemove: { zh: '不看消息', en: 'Remove' },
  hint_delivered: { zh: '短信有回执，弹窗已展示。', en: 'The SMS has its receipt, the popup was shown.' },
  hint_opened: { zh: '短信点了链接，弹窗已展示。', en: 'The link of the SMS was opened, the popup was shown.' },
  hint_clicked: { zh: '点了短信里的链接或弹窗的按钮。', en: 'The link of the SMS or the button of the popup.' },
  hint_replied: {
    zh: '回复了这条短信；发出 72 小时内、这个号码收到的最后一条算数。',
    en: 'A reply to the SMS: within 72 hours, and to the last one that went to the number.',
  },
  hint_failed: { zh: '服务商没能发出。', en: 'The provider could not send it.' },
  hint_dropped: {
    zh: '发出前被拦下：没有授权、退订、频次上限等。',
    en: 'Not let through: no consent, unsubscribed, over the cap and so on.',
  },
})
