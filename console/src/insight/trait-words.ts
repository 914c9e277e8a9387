import type { Portrait, Trait, TraitFigure, TraitValue } from '@chaoxi/contract'
import type { Language, Translate } from '../i18n/index.ts'
import { propertyName } from '../rules/event-names.ts'
import { formatNumber } from '../ui/format.ts'
import type { PeopleSearch } from '../ui/people-number.tsx'
import type { insightTexts } from './texts.ts'

type T = Translate<keyof typeof insightTexts>

/** 30 – 45, 1990 年代, 男 */
export function valueWords(trait: Trait['type'], { value, from, to }: TraitValue, t: T, language: Language): string {
  const number = (given: number) => formatNumber(given, language, { digits: Number.isInteger(given) ? 0 : 2 })
  if (value === null) {
    if (from === null) return to === null ? '' : t('bandBelow', { to: number(to) })
    return to === null ? t('bandFrom', { from: number(from) }) : t('bandWithin', { from: number(from), to: number(to) })
  }
  if (typeof value === 'boolean') return t(value ? 'yes' : 'no')
  if (typeof value === 'number') return number(value)
  if (trait === 'date' && value.length === 3) return t('decade', { year: `${value}0` })
  if (value === 'male' || value === 'female') return t(value)
  return value
}

/** The list of the people behind a value, among those of the group. */
export function valueSearch(group: string, trait: Trait, { value, from, to }: TraitValue): PeopleSearch {
  const among = { in: group, attribute: trait.name }
  if (value === null) return { ...among, ...(from === null ? {} : { min: String(from) }), ...(to === null ? {} : { max: String(to) }) }
  return trait.type === 'date' ? { ...among, prefix: String(value) } : { ...among, value: JSON.stringify(value) }
}

/** The list of those of the group who have a tag, or one of its values. */
export const tagSearch = (group: string, { key, value }: Portrait['tags'][number]): PeopleSearch =>
  value === '' ? { in: `${group},tag:${key}` } : { in: group, tag: key, tagValue: value }

export interface Standout {
  readonly words: string
  readonly figure: TraitFigure
  readonly search: PeopleSearch | null
}

/** Traits whose interval leaves out 100, of which there are enough people; the farthest from 100 first. */
export function standouts(portrait: Portrait, t: T, language: Language): { over: Standout[]; under: Standout[] } {
  const group = `${portrait.of.kind}:${portrait.of.key}`
  const ofAttributes = portrait.attributes.flatMap((trait) =>
    trait.values.map((figure) => ({
      words: `${propertyName(trait.name, language)} · ${valueWords(trait.type, figure, t, language)}`,
      figure,
      search: valueSearch(group, trait, figure),
    })),
  )
  const ofTags = portrait.tags.map((figure) => ({
    words: `${t('tagTraits')} · ${figure.name}${figure.value === '' ? '' : `：${figure.value}`}`,
    figure,
    search: tagSearch(group, figure),
  }))
  const sound = [...ofAttributes, ...ofTags].filter(({ figure }) => figure.weakness === null && figure.index !== null)
  const distance = ({ figure }: Standout) => Math.abs(Math.log(Math.max(figure.index ?? 100, 1) / 100))
  const farthest = (list: Standout[]) => list.sort((a, b) => distance(b) - distance(a)).slice(0, standoutsMax)
  return {
    over: farthest(sound.filter(({ figure }) => (figure.low ?? 0) > 100)),
    under: farthest(sound.filter(({ figure }) => figure.high !== null && figure.high < 100)),
  }
}
const standoutsMax = 6
