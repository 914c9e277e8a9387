import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { createGunzip } from 'node:zlib'
import { sharedData } from '../../test/harness/import-file.ts'
import type { TestStores } from '../../test/harness/stores.ts'
import { openShop, type Shop } from './tags.test-kit.ts'

export interface Order {
  readonly time: number
  /** Thousandths of a pound: the file has prices like 0.001. */
  readonly thousandths: number
}

/** Orders of each customer of UCI Online Retail; returns and corrections apart. */
async function readOrders(): Promise<Map<number, Order[]>> {
  const lines = createInterface({ input: createReadStream(sharedData('online-retail.csv.gz')).pipe(createGunzip()) })
  const invoices = new Map<string, { customer: number; time: number; thousandths: number }>()
  for await (const line of lines) {
    const [, invoice = '', quantity, time, price, customer = ''] =
      /^(\d+),.*,(-?\d+),(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d),(-?[\d.]+),([\d.]*),[^,]*$/.exec(line) ?? []
    if (customer === '' || Number(quantity) < 0) continue
    const known = invoices.get(invoice) ?? { customer: Number(customer), time: Date.parse(`${time}Z`), thousandths: 0 }
    known.thousandths += Number(quantity) * Math.round(Number(price) * 1_000)
    invoices.set(invoice, known)
  }
  return Map.groupBy(invoices.values(), (one) => one.customer)
}

/** A shop with all customers of the file and their orders as `Order Paid`, by person. */
export async function openRetailShop(stores: TestStores): Promise<{ shop: Shop; people: ReadonlyMap<number, readonly Order[]> }> {
  const shop = await openShop({ stores })
  const people = new Map<number, readonly Order[]>()
  const workspace_id = shop.workspaceId
  const common = { workspace_id, type: 'track', message_id: '', message_hash: 0, user_id: '', anonymous_id: '', context: '{}' }
  for (const [customer, orders] of await readOrders()) people.set(workspace_id * 100_000 + customer, orders)
  const events = [...people].flatMap(([person_id, orders]) =>
    orders.map(({ time, thousandths }) => ({
      ...{ ...common, person_id, event: 'Order Paid', time, received_at: time },
      properties: JSON.stringify({ total: thousandths / 1_000 }),
    })),
  )
  await stores.clickhouse.insert('events', events)
  const created_at = stores.clock.now()
  await stores.clickhouse.insert(
    'profiles',
    [...people.keys()].map((person_id) => ({ workspace_id, person_id, attributes: '{}', merged: 0, created_at, version: 1 })),
  )
  return { shop, people }
}
