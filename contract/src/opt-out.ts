/**
 * Words that end marketing when an SMS reply says nothing else. The providers ask for different ones (Aliyun T, Tencent
 * and Huawei R, Qiniu TD), and customers type all of them; taking one too many is harmless, missing one is not.
 */
const words = new Set([
  ...['R', 'T', 'TD', 'N', 'QX', 'TDZD', 'STOP', 'UNSUBSCRIBE'],
  ...['退订', '退', '取消', '拒收', '拒绝', '不要再发'],
])
const replied = /^(回复|回)?(TD|T|R|N|退订|拒收)$/
const wordMax = 20

/** Full-width letters, quotes, punctuation, spaces and case do not hide a refusal: `“回复ｔ”。` is one. */
export function isOptOut(reply: string): boolean {
  const text = reply
    .normalize('NFKC')
    .replace(/[\p{P}\p{S}\p{Z}\p{C}]/gu, '')
    .toUpperCase()
  return text.length <= wordMax && (words.has(text) || replied.test(text))
}
