import { useLanguage, useT } from '../i18n/index.ts'
import { propertyName } from '../rules/event-names.ts'
import { useNaming } from '../rules/use-naming.ts'
import type { PeopleSearch } from '../ui/people-number.tsx'
import { texts } from './texts.ts'

/** Filters that come from a portrait or an overlap: in and not in tags and segments, with a value of an attribute. */
export type TraitFilters = Readonly<Record<'in' | 'notIn' | 'attribute' | 'value' | 'prefix' | 'min' | 'max', string>>

const names = ['in', 'notIn', 'attribute', 'value', 'prefix', 'min', 'max'] as const

export function traitQuery(filters: TraitFilters): PeopleSearch {
  return Object.fromEntries(names.filter((name) => filters[name] !== '').map((name) => [name, filters[name]]))
}

/** 在「A」和「B」，不在「C」，城市：上海 */
export function useTraitWords(filters: TraitFilters): string | null {
  const t = useT(texts)
  const language = useLanguage()
  const naming = useNaming()
  const named = (list: string) =>
    list
      .split(',')
      .map((name) => {
        const [kind, key = ''] = name.split(':')
        return t('traitQuoted', { name: kind === 'tag' ? naming.tag(key) : naming.segment(key) })
      })
      .join(t('traitAnd'))
  const { attribute, value, prefix, min, max } = filters
  const band = min !== '' || max !== '' ? `${min} – ${max}` : ''
  const parts = [
    ...(filters.in === '' ? [] : [t('traitIn', { names: named(filters.in) })]),
    ...(filters.notIn === '' ? [] : [t('traitNotIn', { names: named(filters.notIn) })]),
    ...(attribute === ''
      ? []
      : [
          t('traitValue', {
            name: propertyName(attribute, language),
            value: value.replace(/^"(.*)"$/, '$1') || (prefix === '' ? '' : `${prefix}…`) || band || t('traitAny'),
          }),
        ]),
  ]
  return parts.length === 0 ? null : parts.join(language === 'zh' ? '，' : ', ')
}
