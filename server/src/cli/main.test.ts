import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { readConfig } from '../platform/config.ts'
import type { Shell } from './command.ts'
import { runCommandLine } from './main.ts'

const mapping = {
  name: 'visits',
  source: {},
  timeZone: 'UTC',
  time: { columns: ['at'], formats: ['iso'] },
  person: { userId: { column: 'user' } },
  events: [{ type: 'track', event: 'Visited', properties: {} }],
}

let folder: string
let server: Server
let url: string
let taken: { key: string; events: number }[] = []
let status = 200

/** The intake, as far as the command line can tell. */
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'chaoxi-cli-'))
  writeFileSync(join(folder, 'mapping.json'), JSON.stringify(mapping))
  writeFileSync(join(folder, 'good.csv'), 'user,at\nu1,2026-01-01T00:00:00Z\nu2,2026-01-02T00:00:00Z\n')
  writeFileSync(join(folder, 'bad.csv'), 'user,at\nu1,2026-01-01T00:00:00Z\nu2,never\n')
  server = createServer(async (request, response) => {
    if (request.url === '/healthz') return response.end('{}')
    const { batch }: { batch: object[] } = JSON.parse(await text(request))
    const key = Buffer.from(request.headers.authorization?.slice(6) ?? '', 'base64')
      .toString()
      .replace(/:$/, '')
    if (status === 200) taken.push({ key, events: batch.length })
    response.writeHead(status).end('{"success":true}')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  url = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`
})
afterAll(() => {
  server.close()
  rmSync(folder, { recursive: true, force: true })
})
beforeEach(() => {
  taken = []
  status = 200
  rmSync(join(folder, 'data'), { recursive: true, force: true })
})

async function chaoxi(args: string[], environment: Record<string, string> = {}, signal = new AbortController().signal) {
  let out = ''
  let error = ''
  const shell: Shell = {
    out: (text) => {
      out += text
    },
    error: (text) => {
      error += text
    },
    terminal: { interactive: false, columns: 80 },
    config: () => readConfig({ CHAOXI_DATA_DIR: join(folder, 'data'), ...environment }),
    now: () => 0,
    sleep: () => Promise.resolve(),
    signal,
  }
  const code = await runCommandLine(
    args.map((arg) => arg.replace(/^\.\//, `${folder}/`)),
    shell,
  )
  return { code, out, error }
}

const importing = ['import', './good.csv', '--mapping', './mapping.json']

describe('the command line', () => {
  test('lists its commands, and says so when there is none of that name', async () => {
    expect(await chaoxi([])).toMatchObject({ code: 0, out: expect.stringContaining('import FILE --mapping') })
    expect(await chaoxi(['sing'])).toMatchObject({ code: 2, error: expect.stringMatching(/no command sing.*\n$/) })
  })

  test('a wrong command line, file or configuration is one line and exit code 2', async () => {
    for (const [args, problem] of [
      [['import'], 'import needs one file'],
      [['import', './good.csv'], '--mapping'],
      [['import', './good.csv', '--mapping', './none.json'], 'cannot be read'],
      [['import', './none.csv', '--mapping', './mapping.json'], 'cannot be read'],
      [['import', '.', '--mapping', './mapping.json'], 'is not a file'],
      [[...importing, '--color'], '--color'],
      [[...importing, '--server', 'http://127.0.0.1:9'], '--write-key'],
      [['validate'], 'at least one file'],
      [['migrate', 'now'], 'no arguments'],
      [['tags'], 'export, import, validate, diff'],
      [['tags', 'import'], 'needs a folder or a file'],
      [['tags', 'export', '.', '--color'], '--color'],
      [['tags', 'export', '.'], 'No server runs'],
      [['tags', 'validate', './none'], 'cannot be read'],
    ] as const) {
      const { code, error } = await chaoxi([...args])
      expect({ args, code, lines: error.trim().split('\n').length }).toEqual({ args, code: 2, lines: 1 })
      expect(error).toContain(problem)
    }
    expect(await chaoxi(importing, { CHAOXI_PORT: 'x' })).toMatchObject({ code: 2, error: expect.stringContaining('CHAOXI_PORT') })
  })
})

describe('validate', () => {
  test('knows mappings, rules, journeys and playbooks, and names every problem with its path', async () => {
    const file = (name: string, value: unknown) =>
      writeFileSync(join(folder, name), typeof value === 'string' ? value : JSON.stringify(value))
    file('rule.json', { kind: 'not', rule: { kind: 'tag', tag: 'vip' } })
    file('loop.json', {
      trigger: { kind: 'event', event: 'Signed Up' },
      start: 'a',
      nodes: [
        { id: 'a', kind: 'condition', rule: { kind: 'all', rules: [] }, next: 'a', otherwise: 'end' },
        { id: 'end', kind: 'exit' },
      ],
    })
    file('broken.json', '{')
    file('deep.json', `${'{"kind":"not","rule":'.repeat(30)}{"kind":"tag","tag":"x"}${'}'.repeat(30)}`)
    file('other.json', { hello: 1 })
    const playbook = join(import.meta.dirname, '../../../playbooks/new-user-activation.json')
    expect(await chaoxi(['validate', './mapping.json', './rule.json', playbook])).toMatchObject({ code: 0, error: '' })
    for (const [name, problem] of [
      ['loop', 'nodes'],
      ['broken', 'not JSON'],
      ['deep', 'nested'],
      ['other', 'neither'],
    ]) {
      expect(await chaoxi(['validate', `./${name}.json`]), name).toMatchObject({ code: 2, error: expect.stringContaining(problem ?? '') })
    }
  })
})

describe('import', () => {
  test('goes to the server that the flags name', async () => {
    expect(await chaoxi([...importing, '--server', url, '--write-key', 'key-of-flag'])).toMatchObject({
      code: 0,
      out: expect.stringContaining('2 rows read, 2 events'),
    })
    expect(await chaoxi([...importing, '--server', `${url}/`], { CHAOXI_WRITE_KEY: 'key-of-environment' })).toMatchObject({ code: 0 })
    expect(taken).toEqual([
      { key: 'key-of-flag', events: 2 },
      { key: 'key-of-environment', events: 2 },
    ])
  })

  test('goes to the server that runs on the data folder, with its key', async () => {
    mkdirSync(join(folder, 'data'))
    writeFileSync(join(folder, 'data/run.json'), JSON.stringify({ url, writeKey: 'key-of-run-file', pid: 1 }))
    expect(await chaoxi(importing)).toMatchObject({ code: 0 })
    expect(taken).toEqual([{ key: 'key-of-run-file', events: 2 }])
  })

  test('rejected rows are listed beside the file, and the exit code says so', async () => {
    const { code, out } = await chaoxi(['import', './bad.csv', '--mapping', './mapping.json', '--server', url, '--write-key', 'k'])
    expect({ code, out }).toEqual({
      code: 3,
      out: expect.stringContaining(`1 rows rejected; they are in ${join(folder, 'bad.csv.rejected.jsonl')}`),
    })
    expect(JSON.parse(readFileSync(join(folder, 'bad.csv.rejected.jsonl'), 'utf8'))).toMatchObject({ line: 3, raw: ['u2', 'never'] })
  })

  test('a server that refuses the key or does not answer is one line and exit code 1', async () => {
    status = 401
    expect(await chaoxi([...importing, '--server', url, '--write-key', 'wrong'])).toMatchObject({
      code: 1,
      error: 'The server does not know this write key\n',
    })
    expect(await chaoxi([...importing, '--server', 'http://127.0.0.1:9', '--write-key', 'k'])).toMatchObject({
      code: 1,
      error: expect.stringMatching(/did not take a batch in 10 tries.*\n$/),
    })
  })

  test('Ctrl-C ends it with 130', async () => {
    const aborted = AbortSignal.abort()
    expect(await chaoxi([...importing, '--server', url, '--write-key', 'k'], {}, aborted)).toMatchObject({
      code: 130,
      error: expect.stringContaining('Interrupted'),
    })
  })
})
