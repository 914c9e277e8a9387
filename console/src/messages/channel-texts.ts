import type { Channel } from '@chaoxi/contract'
import { defineTexts } from '../i18n/texts.ts'

// Named here and not taken from the contract's list, which would bring its schemas into the page.
export const channelNames: readonly Channel[] = ['sms', 'popup']

export const channelTexts = defineTexts({
  sms: { zh: '短信', en: 'SMS' },
  popup: { zh: '站内弹窗', en: 'In-app popup' },
  marketing: { zh: '营销', en: 'Marketing' },
  transactional: { zh: '服务通知', en: 'Transactional' },
})
