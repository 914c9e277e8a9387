import type { Language } from '../i18n/language.ts'

// The intake speaks English, to developers, in these few sentences; operators read them here.
const sentences: readonly [english: RegExp, chinese: string][] = [
  [/^must be an object$/, '应是一个对象'],
  [/^must be an array of messages$/, '应是事件数组'],
  [/^must be one of (.+)$/, '只能是 $1 之一'],
  [/^must be text \(numbers beyond 2\^53 lose digits: send them as text\)$/, '应是文本；超过 2^53 的数字会丢位，请改用文本'],
  [/^is longer than (\d+) characters$/, '超过 $1 个字符'],
  [/^is missing: a track call names its event$/, '缺少事件名'],
  [/^is missing: a message needs a userId or an anonymousId$/, '缺少用户标识，userId 和 anonymousId 至少要有一个'],
  [/^is missing: alias joins previousId to userId$/, '缺少标识，alias 要同时给出 previousId 和 userId'],
  [/^has more than (\d+) attributes$/, '属性超过 $1 个'],
  [/^is larger than (\d+) KB; send less with one event$/, '超过 $1 KB，请精简单条事件'],
  [/^is no ISO 8601 instant.*$/, '不是标准时间，应写成 2026-03-02T10:00:00.000Z'],
  [/^lies more than a day in the future.*$/, '比现在晚一天以上，请检查设备时钟或时间单位（毫秒）'],
  [/^lies before 1990.*$/, '早于 1990 年，请检查设备时钟或时间单位（毫秒）'],
  [/^holds a NUL character.*$/, '含有空字符，请去掉'],
  [/^holds half of a surrogate pair.*$/, '含有残缺的字符，请检查编码'],
  [/^is nested more than (\d+) levels.*$/, '嵌套超过 $1 层'],
  [/^is no JSON: .*position (\d+).*$/, '不是合法的 JSON，第 $1 个字符处有误'],
  [/^is no JSON.*$/, '不是合法的 JSON'],
  [/^could not be stored: (.+)$/, '无法入库（$1）'],
]

/** A problem's sentence in the reader's language; one without words yet stays as it came. */
export function problemWords(message: string, language: Language): string {
  if (language === 'en') return message
  for (const [english, chinese] of sentences) if (english.test(message)) return message.replace(english, chinese)
  return message
}
