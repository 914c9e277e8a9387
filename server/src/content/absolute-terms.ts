/**
 * Absolute terms (极限词). The three words of 广告法 article 9(3) are errors; the others are a starting list of single
 * common words that the market regulator has fined, with exemptions that need a person's eye, so they only warn.
 */
const statuteTerms = ['国家级', '最高级', '最佳']
const otherTerms = [
  '世界级 最优 最好 最大 最小 最低 最便宜 最新 最先进 最受欢迎 最具 顶级 顶尖 极品 极致 巅峰 第一 唯一 独一无二 首个 首选',
  '全国首家 销量冠军 遥遥领先 全网最低 史上最 史无前例 前无古人 空前绝后 绝无仅有 绝对 万能 永久 百分百 100% 零风险 包治 根治',
  '治愈 特效 无副作用 TOP1 NO.1',
].flatMap((line) => line.split(' '))

export interface AbsoluteTerm {
  readonly term: string
  readonly level: 'error' | 'warning'
}

/** Width and case do not hide a word: `ＮＯ．１` is `NO.1`. */
export function absoluteTerms(text: string): AbsoluteTerm[] {
  const normal = text.normalize('NFKC').toUpperCase()
  return [
    ...statuteTerms.filter((term) => normal.includes(term)).map((term) => ({ term, level: 'error' as const })),
    ...otherTerms.filter((term) => normal.includes(term)).map((term) => ({ term, level: 'warning' as const })),
  ]
}
