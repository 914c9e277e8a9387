import { defineTexts } from '../../i18n/index.ts'

export const messageTexts = defineTexts({
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
