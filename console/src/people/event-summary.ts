import type { Language } from '../i18n/language.ts'
import { formatMoney } from '../ui/format.ts'

type Kind = 'text' | 'money' | 'quantity'

// What an operator wants to know of an event at a glance, most telling first. Money in events is in yuan.
const telling: readonly [property: string, kind: Kind][] = [
  ['name', 'text'],
  ['title', 'text'],
  ['coupon_name', 'text'],
  ['query', 'text'],
  ['category', 'text'],
  ['quantity', 'quantity'],
  ['price', 'money'],
  ['order_id', 'text'],
  ['total', 'money'],
  ['revenue', 'money'],
  ['coupon', 'text'],
]
/** Said only where there is nothing better. */
const fallbacks = ['product_id', 'coupon_key', 'coupon_code', 'code', 'path', 'url'] as const
const partsMax = 3

/** The few properties that tell most of an event, as one line: `纯棉 T 恤 · ×2 · ¥89.00`; for an order its first lines. */
export function eventSummary(properties: Readonly<Record<string, unknown>>, language: Language): string {
  const parts: string[] = []
  for (const [property, kind] of telling) {
    const text = written(properties[property], kind, language)
    if (text && !parts.includes(text)) parts.push(text)
    if (parts.length === partsMax) break
  }
  const products = productNames(properties.products, language)
  if (products && parts.length < partsMax) parts.push(products)
  if (parts.length === 0) {
    const fallback = fallbacks.map((property) => written(properties[property], 'text', language)).find((text) => text !== null)
    if (fallback) parts.push(fallback)
  }
  return parts.join(' · ')
}

function written(value: unknown, kind: Kind, language: Language): string | null {
  if (kind === 'text') return typeof value === 'string' && value !== '' ? value : null
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  if (typeof number !== 'number' || !Number.isFinite(number)) return null
  if (kind === 'quantity') return number === 1 ? null : `×${number}`
  return formatMoney(Math.round(number * 100), language)
}

function productNames(products: unknown, language: Language): string | null {
  if (!Array.isArray(products)) return null
  const names = products.flatMap((product: unknown) =>
    typeof product === 'object' && product !== null && 'name' in product && typeof product.name === 'string' ? [product.name] : [],
  )
  return names.length === 0
    ? null
    : names.slice(0, 2).join(language === 'zh' ? '、' : ', ') + (names.length > 2 ? ` +${names.length - 2}` : '')
}
