import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import type { TestApp } from './app.ts'
import { sharedData } from './import-file.ts'

/** dunnhumby's households: who they are, what they spent, which coupons they used. */
export interface Household {
  readonly id: string
  readonly traits: Readonly<Record<string, string | number>>
  /** Of each basket, in yuan. */
  readonly baskets: readonly number[]
  readonly redemptions: number
}

function rowsOf(name: string): Record<string, string>[] {
  const text = gunzipSync(readFileSync(sharedData(`complete-journey/${name}.csv.gz`))).toString('utf8')
  const [head = '', ...lines] = text.trimEnd().split(/\r?\n/)
  const columns = head.split(',')
  return lines.map((line) => Object.fromEntries(line.split(',').map((cell, i) => [columns[i], cell])))
}

export function readHouseholds(): Household[] {
  interface Draft {
    traits: Record<string, string | number>
    baskets: Map<string, number>
    redemptions: number
  }
  const households = new Map<string, Draft>()
  const household = (id = ''): Draft => {
    const known: Draft = households.get(id) ?? { traits: {}, baskets: new Map(), redemptions: 0 }
    households.set(id, known)
    return known
  }
  for (const { household_id, basket_id = '', sales_value } of rowsOf('transactions_sample')) {
    const { baskets } = household(household_id)
    baskets.set(basket_id, (baskets.get(basket_id) ?? 0) + Number(sales_value))
  }
  for (const { household_id, ...traits } of rowsOf('demographics')) {
    const known = household(household_id)
    for (const [name, value] of Object.entries(traits)) {
      if (value === '' || value === 'NA') continue
      known.traits[name] = name === 'household_size' || name === 'kids_count' ? Number.parseInt(value, 10) : value
    }
    known.traits.baskets = known.baskets.size
  }
  for (const { household_id } of rowsOf('coupon_redemptions')) household(household_id).redemptions += 1
  return [...households].map(([id, { traits, baskets, redemptions }]) => ({ id, traits, baskets: [...baskets.values()], redemptions }))
}

const batchSize = 1_000

/** Everything through the real intake. */
export async function sendHouseholds(app: TestApp, households: readonly Household[]): Promise<void> {
  const at = new Date(app.clock.now()).toISOString()
  const messages = households.flatMap(({ id, traits, baskets, redemptions }) => [
    { type: 'identify', userId: id, traits, messageId: `i${id}`, timestamp: at },
    ...baskets.map((total, i) => ({
      type: 'track',
      userId: id,
      event: 'Basket Bought',
      properties: { total: Number(total.toFixed(2)) },
      messageId: `b${id}-${i}`,
      timestamp: at,
    })),
    ...Array.from({ length: redemptions }, (_, i) => ({
      type: 'track',
      userId: id,
      event: 'Coupon Redeemed',
      messageId: `r${id}-${i}`,
      timestamp: at,
    })),
  ])
  for (let from = 0; from < messages.length; from += batchSize) await app.events(messages.slice(from, from + batchSize))
}
