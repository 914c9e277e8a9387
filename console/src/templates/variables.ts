import type { Catalogue, Channel } from '@chaoxi/contract'
import type { Language, Translate } from '../i18n/index.ts'
import { propertyName } from '../rules/event-names.ts'
import type { templateTexts } from './texts.ts'

export interface Variable {
  readonly label: string
  /** What is put into the text. */
  readonly source: string
}
export interface VariableGroup {
  readonly label: string
  readonly items: readonly Variable[]
}

/** More than this makes a palette that nobody reads; the rest can be typed. */
const attributesMax = 8
const shown = new Set(['string', 'number'])

/** What can be put into a text: what every shop has, then the attributes that this one has sent. */
export function variableGroups(
  channel: Channel,
  catalogue: Catalogue | undefined,
  t: Translate<keyof typeof templateTexts>,
  language: Language,
): VariableGroup[] {
  const attributes = (catalogue?.attributes ?? [])
    .filter(({ name, type }) => shown.has(type) && name !== 'name' && /^[a-zA-Z_]\w*$/.test(name))
    .slice(0, attributesMax)
    .map(({ name }) => ({ label: propertyName(name, language), source: `{{ customer.${name} | default: '' }}` }))
  return [
    {
      label: t('groupCustomer'),
      items: [{ label: t('var_name'), source: `{{ customer.name | default: '${t('fallbackName')}' }}` }, ...attributes],
    },
    {
      label: t('groupCoupon'),
      items: [
        { label: t('var_couponName'), source: "{{ coupon.name | default: '' }}" },
        { label: t('var_couponCode'), source: "{{ coupon.code | default: '' }}" },
      ],
    },
    {
      label: t('groupEvent'),
      items: [
        { label: t('var_eventProduct'), source: "{{ event.name | default: '' }}" },
        { label: t('var_eventTotal'), source: "{{ event.total | default: '' }}" },
      ],
    },
    {
      label: t('groupOther'),
      items: [
        // A popup leads on by its button.
        ...(channel === 'sms' ? [{ label: t('var_link'), source: ' {{ link }} ' }] : []),
        { label: t('var_shop'), source: '{{ shop.name }}' },
        { label: t('var_hot'), source: "{{ hot_items[0].name | default: '' }}" },
      ],
    },
  ]
}

/** The text with `source` in place of the selection, and where the cursor stands after it. */
export function insertAt(text: string, start: number, end: number, source: string): { text: string; cursor: number } {
  const from = Math.min(start, text.length)
  return { text: text.slice(0, from) + source + text.slice(Math.max(from, end)), cursor: from + source.length }
}
