import type { Language } from '../../i18n/index.ts'

const known: readonly { readonly pattern: RegExp; readonly zh: (named: string) => string; readonly en: (named: string) => string }[] = [
  {
    pattern: /^there is no template "(.*)"$/,
    zh: (template) => `模板「${template}」不在了，恢复它再重试`,
    en: (template) => `There is no template “${template}”; restore it and try again`,
  },
  {
    pattern: /^it entered (\d+) nodes$/,
    zh: (count) => `在循环里走了 ${count} 步，到上限了`,
    en: (count) => `It went through ${count} steps in a circle, which is the limit`,
  },
]

/** What the engine says of trouble that an operator can mend; the rest is for engineers. */
export function reasonWords(reason: string | null, language: Language): string {
  const text = reason ?? ''
  for (const { pattern, zh, en } of known) {
    const named = pattern.exec(text)?.[1]
    if (named !== undefined) return language === 'zh' ? zh(named) : en(named)
  }
  if (text === '') return language === 'zh' ? '没有说明原因' : 'No reason was given'
  return language === 'zh' ? `系统错误：${text}` : text
}
