import type { MessageResult, MessageTest } from '@chaoxi/contract'
import type { Language } from '../../i18n/language.ts'

const resultWords: Readonly<Record<MessageResult, Readonly<Record<Language, string>>>> = {
  delivered: { zh: '已送达', en: 'was delivered' },
  opened: { zh: '已打开', en: 'was opened' },
  clicked: { zh: '已点击', en: 'was clicked' },
  replied: { zh: '已回复', en: 'was replied to' },
  failed: { zh: '发送失败', en: 'failed' },
  dropped: { zh: '被拦下没发', en: 'was not sent' },
}

export const messageResultWord = (result: MessageResult, language: Language): string => resultWords[result][language]

/** 短信「催付」已点击 */
export function messageSentence(
  { node, state }: MessageTest,
  { language, step = (id) => id }: { language: Language; step?: (id: string) => string },
): string {
  const zh = language === 'zh'
  if (node === '') return zh ? '还没选消息' : 'no message chosen yet'
  return zh ? `${step(node)}${messageResultWord(state, 'zh')}` : `${step(node)} ${messageResultWord(state, 'en')}`
}
