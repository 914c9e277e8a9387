import type { Page } from 'playwright-core'
import { openPlace } from './console.ts'

export interface StoredTag {
  readonly key: string
  readonly rule: unknown
  readonly values: readonly { value: string; rule: unknown }[]
  readonly model: unknown
}

/** New tags as an operator makes them. */
export interface TagDrawer {
  /** Creates a tag and answers it as it is stored; `fill` does what is done in the drawer besides its name. */
  create(name: string, fill: () => Promise<void>): Promise<StoredTag>
  /** The same of a tag with one rule: answers that. */
  build(name: string, conditions: () => Promise<void>): Promise<unknown>
  stored(key: string): Promise<StoredTag>
}

export function tagDrawer(page: Page): TagDrawer {
  let count = 0
  const stored = async (key: string): Promise<StoredTag> => (await page.request.get(new URL(`/api/tags/${key}`, page.url()).href)).json()
  const create = async (name: string, fill: () => Promise<void>) => {
    count += 1
    const key = `e2e_rule_${count}`
    await openPlace(page, '标签')
    await page.locator('.page-actions .ant-btn-primary').click()
    const drawer = page.getByRole('dialog')
    await drawer.getByLabel('名称').fill(name)
    await drawer.getByLabel('标识').fill(key)
    await fill()
    await page.locator('.drawer-foot .ant-btn-primary').click()
    await drawer.waitFor({ state: 'hidden' })
    return stored(key)
  }
  return { create, stored, build: async (name, conditions) => (await create(name, conditions)).rule }
}

/** Rules as they are stored. */
export const days = (amount: number) => ({ kind: 'rolling' as const, amount, unit: 'day' as const })
export const event = (name: string, patch: object = {}) => ({
  kind: 'event',
  event: name,
  filters: [],
  window: days(7),
  measure: { fn: 'count' },
  op: 'gte',
  value: 1,
  ...patch,
})
/** Conditions of which all must hold, as they are stored. */
export const all = (...rules: object[]) => ({ kind: 'all', rules })
