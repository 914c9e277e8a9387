import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { parquetWriteFile } from 'hyparquet-writer'
import iconv from 'iconv-lite'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createCheckpointStore } from './checkpoint.ts'
import type { ImportedEvent } from './events.ts'
import { type ImportResult, importFile } from './import-file.ts'
import { parseMapping } from './mapping.ts'
import { createRejectedRows } from './rejected-rows.ts'
import type { Post } from './sender.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'chaoxi-import-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Takes batches as the intake does: one event a message id. `answer` may refuse before anything is taken. */
function createServer(answer: (request: number) => { status: number; body?: object } = () => ({ status: 200 })) {
  const events = new Map<string, ImportedEvent>()
  let requests = 0
  let received = 0
  const post: Post = async (_url, { body }) => {
    const { status, body: text = { success: true } } = answer(++requests)
    if (status === 200) {
      const { batch }: { batch: ImportedEvent[] } = JSON.parse(body)
      received += batch.length
      for (const event of batch) if (!events.has(event.messageId)) events.set(event.messageId, event)
    }
    return { status, text: async () => JSON.stringify(text) }
  }
  return { post, events: () => [...events.values()], requests: () => requests, received: () => received }
}

const shipped = (name: string) => readFileSync(join(import.meta.dirname, '../../../mappings', `${name}.json`), 'utf8')

interface Run {
  file: string
  mapping: string
  post: Post
  signal?: AbortSignal
  checkpoints?: string
  sleeps?: number[]
}

async function run({ file, mapping, post, signal, checkpoints = file, sleeps = [] }: Run): Promise<ImportResult> {
  return importFile({
    file,
    mapping: parseMapping(mapping),
    target: { url: 'http://test', writeKey: 'key' },
    post,
    sleep: async (ms) => {
      sleeps.push(ms)
    },
    signal: signal ?? new AbortController().signal,
    checkpoints: createCheckpointStore(join(folder, 'checkpoints'), [checkpoints]),
    rejectedRows: createRejectedRows(`${file}.rejected.jsonl`),
    onState: () => {},
  })
}

function write(name: string, content: string | Buffer): string {
  const file = join(folder, name)
  writeFileSync(file, content)
  return file
}

const visits = JSON.stringify({
  name: 'visits',
  source: {},
  timeZone: 'UTC',
  time: { columns: ['at'], formats: ['iso', 'unix'] },
  person: { userId: { column: 'user', type: 'id' } },
  events: [
    {
      type: 'track',
      event: 'Visited',
      properties: {
        page: { column: 'page' },
        seconds: { column: 'seconds', type: 'number' },
        member: { column: 'member', type: 'boolean' },
      },
    },
  ],
})

function visitLines(count: number): string {
  return Array.from({ length: count }, (_, i) => `u${i % 97},2026-01-01T00:00:00Z,/p${i},${i / 2},yes\n`).join('')
}
const header = 'user,at,page,seconds,member\n'

describe('formats', () => {
  const expected = {
    type: 'track',
    event: 'Visited',
    userId: '7',
    timestamp: '2026-01-01T08:00:00.000Z',
    properties: { page: '首页', seconds: 1.5, member: true },
  }

  test('CSV with a byte order mark, packed or not, gives typed events', async () => {
    const text = `\ufeffuser,at,page,seconds,member,note\n7,1767254400,首页,1.5,是,x\n`
    for (const [name, content] of [
      ['a.csv', Buffer.from(text)],
      ['a.csv.gz', gzipSync(text)],
    ] as const) {
      const server = createServer()
      await run({ file: write(name, content), mapping: visits, post: server.post })
      expect(server.events()).toEqual([expect.objectContaining(expected)])
    }
  })

  test('JSON Lines are read by name or path, and numbers beyond 2^53 keep their digits', async () => {
    const server = createServer()
    const mapping = JSON.stringify({
      ...JSON.parse(visits),
      events: [{ type: 'track', event: 'Visited', properties: { page: { column: 'place.page' }, order: { column: 'order' } } }],
    })
    const file = write(
      'a.jsonl.gz',
      gzipSync(
        '{"user":7,"at":"2026-01-01T16:00:00+08:00","place":{"page":"首页"},"order":3705115058471208928}\n\n{"user":8}\nnot json\n[1]\n',
      ),
    )
    const result = await run({ file, mapping, post: server.post })
    expect(server.events()).toEqual([expect.objectContaining({ ...expected, properties: { page: '首页', order: '3705115058471208928' } })])
    expect(result).toMatchObject({ rows: 4, rejected: 3, events: 1 })
  })

  test('Parquet gives the same', async () => {
    const file = join(folder, 'a.parquet')
    parquetWriteFile({
      filename: file,
      columnData: [
        { name: 'user', data: [7n], type: 'INT64' },
        { name: 'at', data: [1767254400n], type: 'INT64' },
        { name: 'page', data: ['首页'], type: 'STRING' },
        { name: 'seconds', data: [1.5], type: 'DOUBLE' },
        { name: 'member', data: [true], type: 'BOOLEAN' },
      ],
    })
    const server = createServer()
    await run({ file, mapping: visits, post: server.post })
    expect(server.events()).toEqual([expect.objectContaining(expected)])
  })

  test('Parquet files of several row groups are read whole, in order', async () => {
    const rows = 1_000
    const file = join(folder, 'groups.parquet')
    parquetWriteFile({
      filename: file,
      rowGroupSize: 300,
      columnData: [
        { name: 'user', data: Array.from({ length: rows }, (_, i) => `u${i}`), type: 'STRING' },
        { name: 'at', data: Array.from({ length: rows }, () => new Date('2026-01-01T00:00:00Z')), type: 'TIMESTAMP' },
        { name: 'page', data: Array.from({ length: rows }, () => '/'), type: 'STRING' },
        { name: 'seconds', data: Array.from({ length: rows }, (_, i) => i / 4), type: 'DOUBLE' },
        { name: 'member', data: Array.from({ length: rows }, () => false), type: 'BOOLEAN' },
      ],
    })
    const server = createServer()
    expect(await run({ file, mapping: visits, post: server.post })).toMatchObject({ rows, rejected: 0, events: rows })
    expect(server.events().map(({ userId }) => userId)).toEqual(Array.from({ length: rows }, (_, i) => `u${i}`))
  })

  test('a file that lacks a column, is empty or is no Parquet is refused in words', async () => {
    const { post } = createServer()
    await expect(run({ file: write('b.csv', 'user,at\n'), mapping: visits, post })).rejects.toThrow('no column "page", "seconds", "member"')
    await expect(run({ file: write('c.csv', ''), mapping: visits, post })).rejects.toThrow('empty')
    await expect(run({ file: write('c.parquet', 'PAR?'), mapping: visits, post })).rejects.toThrow('not a Parquet file')
    await expect(
      run({ file: write('c.csv.gz', gzipSync(header + visitLines(2000)).subarray(0, 900)), mapping: visits, post }),
    ).rejects.toThrow('damaged')
  })
})

describe('rows that cannot become events', () => {
  test('each stands in the list of rejected rows with its line, the reason and itself; the others are taken', async () => {
    const file = write(
      'bad.csv',
      `${header}u1,2026-01-01T00:00:00Z,/a,1,yes\nu2,yesterday,/b,1,yes\nu3,2026-01-01T00:00:00Z,/c,many,yes\nu4,x\n,2026-01-01T00:00:00Z,/d,1,no\n`,
    )
    const server = createServer()
    const result = await run({ file, mapping: visits, post: server.post })
    expect(result).toMatchObject({ rows: 5, rejected: 4, events: 1 })
    const rejected = readFileSync(`${file}.rejected.jsonl`, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(rejected).toEqual([
      { line: 3, reason: '"yesterday" is not a time like iso or unix', raw: ['u2', 'yesterday', '/b', '1', 'yes'] },
      { line: 4, reason: 'seconds: "many" is not a number', raw: ['u3', '2026-01-01T00:00:00Z', '/c', 'many', 'yes'] },
      { line: 5, reason: 'the row has 2 cells where the header has 5', raw: ['u4', 'x'] },
      { line: 6, reason: 'the row names no person', raw: ['', '2026-01-01T00:00:00Z', '/d', '1', 'no'] },
    ])
  })

  test('bytes of another encoding are rejected, not imported as question marks', async () => {
    const file = write('gbk-as-utf8.csv', iconv.encode(`${header}u1,2026-01-01T00:00:00Z,首页,1,yes\n`, 'gbk'))
    expect(await run({ file, mapping: visits, post: createServer().post })).toMatchObject({ rejected: 1, events: 0 })
  })

  test('what the server puts into its quarantine is counted', async () => {
    const server = createServer(() => ({ status: 200, body: { success: true, rejected: [{ index: 0 }] } }))
    const file = write('quarantine.csv', header + visitLines(3))
    expect(await run({ file, mapping: visits, post: server.post })).toMatchObject({ events: 3, quarantined: 1 })
  })
})

describe('again and again', () => {
  test('a second run, and a longer file, add only what is new; equal rows all count', async () => {
    const server = createServer()
    const same = 'u1,2026-01-01T00:00:00Z,/a,1,yes\n'
    await run({ file: write('m1.csv', header + same + same + visitLines(10)), mapping: visits, post: server.post })
    expect(server.events()).toHaveLength(12)
    await run({ file: join(folder, 'm1.csv'), mapping: visits, post: server.post })
    expect(server.events()).toHaveLength(12)
    await run({ file: write('m2.csv', header + visitLines(15) + same + same + same), mapping: visits, post: server.post })
    expect(server.events()).toHaveLength(18)
  })

  test('an interrupted import goes on where it was acknowledged, and leaves nothing out', async () => {
    const rows = 30_000
    const file = write('long.csv', header + visitLines(rows))
    const abort = new AbortController()
    const first = createServer((request) => {
      if (request === 15) abort.abort()
      return { status: 200 }
    })
    await expect(run({ file, mapping: visits, post: first.post, signal: abort.signal })).rejects.toThrow()
    const second = createServer()
    const result = await run({ file, mapping: visits, post: second.post })
    expect(result.events).toBe(rows)
    expect(result.sent).toBeLessThan(rows)
    expect(second.received()).toBe(result.sent)
    const ids = new Set([...first.events(), ...second.events()].map(({ messageId }) => messageId))
    expect(ids.size).toBe(rows)
    // Complete: the checkpoint is gone, and the next run sends everything.
    expect((await run({ file, mapping: visits, post: second.post })).sent).toBe(rows)
  })

  test('a batch without an answer is sent again with the same ids; a refused key ends the import', async () => {
    const file = write('retry.csv', header + visitLines(5))
    const sleeps: number[] = []
    const server = createServer((request) => ({ status: request < 4 ? 503 : 200 }))
    expect(await run({ file, mapping: visits, post: server.post, sleeps })).toMatchObject({ sent: 5 })
    expect(sleeps).toEqual([200, 400, 800])
    await expect(run({ file, mapping: visits, post: createServer(() => ({ status: 401 })).post })).rejects.toThrow('write key')
    await expect(run({ file, mapping: visits, post: createServer(() => ({ status: 500 })).post })).rejects.toThrow('in 10 tries')
  })
})

describe('shipped mappings', () => {
  test("Taobao's order list: GBK, order numbers as formulas, telephone numbers with an apostrophe", async () => {
    const head =
      '订单编号,买家会员名,买家应付货款,买家应付邮费,总金额,买家实际支付金额,订单状态,订单关闭原因,收货人姓名,联系手机,订单创建时间,订单付款时间 ,宝贝标题,宝贝总数量,店铺名称\n'
    const rows = [
      '="362918547712345678",潮人小王,"1,199.00",0.00,1199.00,1199.00,交易成功,订单未关闭,王小明,\'13800138000,2026-01-05 09:30:00,2026-01-05 09:31:12,加厚羽绒服 长款,1,潮汐旗舰店',
      '="362918547712345679",夜跑者,59.00,8.00,67.00,0.00,交易关闭,买家未付款,,,2026/1/5 10:02,,运动袜,3,潮汐旗舰店',
      '="362918547712345680",夜跑者,59.00元,8.00,67.00,67.00,交易关闭,退款,,,2026/1/6 10:02,2026/1/6 10:03,运动袜,3,潮汐旗舰店',
      '3.62919E+17,坏行,1,0,1,0,等待买家付款,,,,2026/1/5 10:02,,x,1,潮汐旗舰店',
    ]
    const file = write('ExportOrderList.csv', iconv.encode(head + rows.join('\n'), 'gbk'))
    const server = createServer()
    const result = await run({ file, mapping: shipped('taobao-orders'), post: server.post })
    expect(result).toMatchObject({ rows: 4, rejected: 1, events: 8 })
    expect(
      server
        .events()
        .map(({ event, type, userId, timestamp, properties, traits }) => [
          event ?? type,
          userId,
          timestamp,
          properties?.order_id ?? traits?.phone,
        ]),
    ).toEqual([
      ['identify', 'taobao:潮人小王', '2026-01-05T01:30:00.000Z', '13800138000'],
      ['Order Completed', 'taobao:潮人小王', '2026-01-05T01:30:00.000Z', '362918547712345678'],
      ['Order Paid', 'taobao:潮人小王', '2026-01-05T01:31:12.000Z', '362918547712345678'],
      ['Order Completed', 'taobao:夜跑者', '2026-01-05T02:02:00.000Z', '362918547712345679'],
      ['Order Cancelled', 'taobao:夜跑者', '2026-01-05T02:02:00.000Z', '362918547712345679'],
      ['Order Completed', 'taobao:夜跑者', '2026-01-06T02:02:00.000Z', '362918547712345680'],
      ['Order Paid', 'taobao:夜跑者', '2026-01-06T02:03:00.000Z', '362918547712345680'],
      ['Order Refunded', 'taobao:夜跑者', '2026-01-06T02:03:00.000Z', '362918547712345680'],
    ])
  })

  test('an order that became paid since the last export adds its payment only', async () => {
    const head =
      '订单编号,买家会员名,买家应付货款,买家应付邮费,总金额,买家实付金额,订单状态,订单关闭原因,收货人姓名,联系手机,订单创建时间,订单付款时间,宝贝标题,宝贝总数量,店铺名称\n'
    const row = (status: string, paid: string, at: string) => `="1",甲,9,0,9,${paid},${status},,,,2026-01-05 09:30:00,${at},袜子,1,店\n`
    const server = createServer()
    await run({ file: write('o1.csv', head + row('等待买家付款', '0', '')), mapping: shipped('taobao-orders'), post: server.post })
    await run({
      file: write('o2.csv', head + row('交易成功', '9', '2026-01-05 10:00:00')),
      mapping: shipped('taobao-orders'),
      post: server.post,
    })
    expect(server.events().map(({ event }) => event)).toEqual(['Order Completed', 'Order Paid'])
  })

  test('an invoice too long for one event continues in others, with the place of its lines', async () => {
    const lines = Array.from(
      { length: 1_000 },
      (_, i) => `536365,SKU${i},"HEART, WHITE ""T-LIGHT"" HOLDER",2,2010-12-01 08:26:00,2.55,17850.0,United Kingdom\n`,
    )
    const far = '536365,LATE,LATE,1,2010-12-01 08:27:00,1.00,17850.0,United Kingdom\n'
    const other = '536366,A,A,1,2010-12-01 08:28:00,3.00,,United Kingdom\n'
    const back = 'C536379,D,Discount,-1,2010-12-01 09:41:00,27.5,14527.0,United Kingdom\n'
    const file = write(
      'retail.csv',
      `InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n${lines.join('')}${other}${far}${back}`,
    )
    const server = createServer()
    await run({ file, mapping: shipped('online-retail'), post: server.post })
    const parts = server.events().filter(({ properties }) => properties?.order_id === '536365')
    expect(parts.map(({ event }) => event)).toEqual(['Order Completed', ...Array(parts.length - 1).fill('Order Updated')])
    expect(parts.length).toBeGreaterThan(3)
    const products = parts.flatMap(({ properties }) => {
      const { products, line_offset: offset = 0 } = properties ?? {}
      return Array.isArray(products) && typeof offset === 'number' ? products.map((product, i) => [offset + i, product.product_id]) : []
    })
    expect(products).toEqual([...lines.map((_, i) => [i, `SKU${i}`]), [1_000, 'LATE']])
    expect(parts[0]?.properties?.total).toBe(5_100)
    expect(parts.at(-1)?.properties?.total).toBe(5_101)
    expect(server.events().filter(({ event }) => event === 'Order Refunded')).toEqual([
      expect.objectContaining({
        userId: '14527',
        properties: expect.objectContaining({ total: 27.5, products: [expect.objectContaining({ quantity: 1 })] }),
      }),
    ])
    expect(server.events().find(({ properties }) => properties?.order_id === '536366')).toMatchObject({ anonymousId: 'invoice:536366' })
  })
})
