import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, inject, test } from 'vitest'
import { openEmbeddedClickHouse } from '../../src/platform/db/embedded-clickhouse.ts'

const root = join(import.meta.dirname, '../../..')

test('with no server running the import starts one for itself, and again adds nothing', { timeout: 180_000 }, async () => {
  const folder = join(inject('scratchFolder'), `import-${process.pid}`)
  mkdirSync(folder)
  const file = join(folder, 'taobao.csv')
  writeFileSync(
    file,
    Array.from({ length: 2_000 }, (_, i) => `${i % 50},${i},${i % 7},${i % 10 === 0 ? 'buy' : 'pv'},${1_511_544_070 + i}\n`).join(''),
  )
  const environment = { CHAOXI_DATA_DIR: join(folder, 'data'), CHAOXI_WRITE_KEY: 'wk_own_server', CHAOXI_LOG_LEVEL: 'error' }
  const run = () =>
    spawnSync(process.execPath, ['server/src/cli/main.ts', 'import', file, '--mapping', 'mappings/taobao-behaviour.json'], {
      cwd: root,
      env: { ...process.env, ...environment },
      encoding: 'utf8',
    })
  for (const round of ['first', 'second']) {
    const { status, stdout, stderr } = run()
    expect({ round, status, stderr }).toEqual({ round, status: 0, stderr: expect.not.stringContaining('rror') })
    expect(stdout).toContain('2,000 rows read, 2,000 events')
  }
  expect(existsSync(join(folder, 'data/run.json'))).toBe(false)

  const clickhouse = openEmbeddedClickHouse(join(folder, 'data/clickhouse'))
  const counts = await clickhouse.query('interactive', 'select count() as events, uniqExact(person_id) as people from events')
  await clickhouse.close()
  expect(counts).toEqual([{ events: 2_000, people: 50 }])
})
