import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { startTestApp, type TestApp } from '../harness/app.ts'
import { importInto, sharedData } from '../harness/import-file.ts'

// UCI Online Retail, 541,909 invoice lines: everything that is known of the file can be counted from what is stored.
const figure = z.number()
const expectedSchema = z.object({
  'online-retail': z.object({ rows: figure, customers: figure, invoices: figure, stockCodes: figure, noCustomer: figure }),
})
const expected = expectedSchema.parse(JSON.parse(readFileSync(sharedData('expected.json'), 'utf8')))['online-retail']
const importTimeoutMs = 240_000

let app: TestApp
beforeAll(async () => {
  app = await startTestApp()
})
afterAll(() => app.close())

async function figures() {
  const [row] = await app.clickhouse.query(
    'batch',
    `select sum(lines) as rows, uniqExactIf(user_id, user_id != '') as customers, uniqExact(invoice) as invoices,
       length(groupUniqArrayArray(codes)) as stockCodes, sumIf(lines, user_id = '') as noCustomer
     from (
       select user_id, JSONExtractString(properties, 'order_id') as invoice, JSONLength(properties, 'products') as lines,
         arrayMap(line -> JSONExtractString(line, 'product_id'), JSONExtractArrayRaw(properties, 'products')) as codes
       from events where workspace_id = {w:UInt32}
     )`,
    { w: app.workspaceId },
  )
  return row
}

test('customers, invoices, lines and stock codes are exactly those of the file', {
  timeout: importTimeoutMs,
}, async () => {
  const file = sharedData('online-retail.csv.gz')
  const result = await importInto(app, file, 'online-retail')
  expect(result).toMatchObject({ rows: expected.rows, rejected: 0, quarantined: 0 })
  expect(await figures()).toEqual(expected)
})
