import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type JourneyDefinition, journeyDefinitionSchema } from '@chaoxi/contract'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { apiKey, startTestApp, type TestApp } from '../../../test/harness/app.ts'
import { readConfig } from '../../platform/config.ts'
import { runCommandLine } from '../main.ts'

// Journeys leave a server as files, are reviewed in git, and come back into this server or into another.

let app: TestApp
let folder: string
beforeAll(async () => {
  app = await startTestApp()
  folder = mkdtempSync(join(tmpdir(), 'chaoxi-journeys-'))
  await app.call('tagCreate', { body: { key: 'vip', name: '会员', layer: 'basic', mode: 'static', rule: null } })
  await app.call('templateCreate', {
    body: { key: 'hello', name: '问候', channel: 'sms', content: { kind: 'sms', text: '欢迎光临' }, linkUrl: '' },
  })
})
afterAll(async () => {
  await app.close()
  rmSync(folder, { recursive: true, force: true })
})

async function chaoxi(...args: string[]) {
  let out = ''
  let error = ''
  const code = await runCommandLine(['journeys', ...args.map((arg) => arg.replace(/^\.\//, `${folder}/`))], {
    out: (text) => {
      out += text
    },
    error: (text) => {
      error += text
    },
    terminal: { interactive: false, columns: 80 },
    config: () => readConfig({ CHAOXI_DATA_DIR: join(folder, 'data') }),
    now: () => 0,
    sleep: () => app.settle(),
    signal: new AbortController().signal,
  })
  return { code, out: out.replaceAll(`${folder}/`, './'), error: error.replaceAll(`${folder}/`, './') }
}
const online = (...args: string[]) => chaoxi(...args, '--server', app.url, '--api-key', apiKey)

const read = (file: string) => readFileSync(join(folder, file), 'utf8')
const parsed = (file: string) => JSON.parse(read(file))
function write(file: string, value: unknown): void {
  mkdirSync(join(folder, file, '..'), { recursive: true })
  writeFileSync(join(folder, file), typeof value === 'string' ? value : JSON.stringify(value))
}

const greeting = (more: object = {}): JourneyDefinition =>
  journeyDefinitionSchema.parse({
    trigger: { kind: 'tag_entry', tag: 'vip' },
    start: 'wait',
    nodes: [
      { id: 'wait', kind: 'wait', duration: { amount: 1, unit: 'hour' }, next: 'hello', place: { x: 10, y: 20 } },
      { id: 'hello', kind: 'send', channel: 'sms', template: 'hello', next: 'end' },
      { id: 'end', kind: 'exit' },
    ],
    ...more,
  })
const stored = async (key: string) => {
  const found = (await app.call('journeys')).items.find((one) => one.key === key)
  return app.call('journey', { params: { id: found?.id ?? '' } })
}
const create = (key: string, definition = greeting()) => app.call('journeyCreate', { body: { key, name: '问候', definition } })
/** Somebody waits for so many hours at the first step of the file. */
function setHours(file: string, hours: number): void {
  const journey = parsed(file)
  journey.definition.nodes[0].duration.amount = hours
  write(file, journey)
}

describe('export and import', () => {
  test('a journey goes out without ids of the instance, always the same, with what it needs, and importing it changes nothing', async () => {
    const { id } = await create('greeting')
    expect(await online('export', './one')).toMatchObject({ code: 0, out: './one/greeting.json\n1 journey exported\n' })
    const text = read('one/greeting.json')
    expect(text).not.toContain(id)
    expect(Object.keys(JSON.parse(text))).toEqual(['kind', 'key', 'name', 'description', 'base', 'needs', 'definition'])
    expect(JSON.parse(text)).toMatchObject({
      kind: 'journey',
      key: 'greeting',
      needs: { templates: ['hello'], coupons: [], tags: ['vip'], segments: [], journeys: [] },
      definition: { nodes: [{ id: 'wait' }, { id: 'hello' }, { id: 'end' }] },
    })
    expect(text).not.toContain('place')
    await online('export', './again.json', 'greeting')
    expect(read('again.json')).toBe(text)
    expect((await online('import', './one')).out).toBe('0 created, 0 changed, 1 the same\n')
    expect((await stored('greeting')).draftRevision).toBe(1)
    await online('export', './placed.json', 'greeting', '--places')
    expect(parsed('placed.json').definition.nodes[0].place).toEqual({ x: 10, y: 20 })
  })

  test('an edit becomes the draft and not a version; cards stay where they stand, and the file may be edited on', async () => {
    setHours('one/greeting.json', 2)
    expect((await online('import', './one', '--dry-run')).out).toContain('would be changed: greeting 问候\n')
    expect((await stored('greeting')).draft.nodes[0]).toMatchObject({ duration: { amount: 1 } })
    expect((await online('import', './one/greeting.json')).out).toBe('changed: greeting 问候\n0 created, 1 changed, 0 the same\n')
    const after = await stored('greeting')
    expect(after).toMatchObject({ version: null, status: 'draft' })
    expect(after.draft.nodes[0]).toMatchObject({ duration: { amount: 2 }, place: { x: 10, y: 20 } })
    setHours('one/greeting.json', 3)
    expect((await online('import', './one')).code).toBe(0)
    expect(read('one/greeting.json')).toContain('"amount": 3')
  })

  test('a draft that was changed on the server meanwhile is not overwritten, unless one says so', async () => {
    const { id, draftRevision } = await stored('greeting')
    const definition = greeting({ reentry: 'every_time' })
    await app.call('journeyDraft', { params: { id }, body: { name: '问候', description: '', definition, draftRevision } })
    setHours('one/greeting.json', 4)
    write('other.json', { ...parsed('one/greeting.json'), key: 'other' })
    const refused = await online('import', './one', './other.json')
    expect(refused).toMatchObject({ code: 1, error: expect.stringContaining('was made from another draft than the server has now') })
    expect(refused.error).toContain('--force')
    expect((await stored('greeting')).draft.reentry).toBe('every_time')
    expect((await app.call('journeys')).items.map(({ key }) => key)).toEqual(['greeting'])
    write('other.json', { ...parsed('one/greeting.json'), base: undefined })
    expect((await online('import', './other.json')).error).toContain('does not say which draft it was made from')
    expect((await online('import', './one', '--force')).code).toBe(0)
    expect((await stored('greeting')).draft).toMatchObject({ reentry: 'never', nodes: [{ duration: { amount: 4 } }, {}, {}] })
  })

  test('a new journey is created, and what it names and the server lacks is said with the step', async () => {
    const { base: _, ...file } = parsed('one/greeting.json')
    file.definition.nodes[1].template = 'gone'
    write('new.json', { ...file, key: 'new', name: '新流程', needs: undefined })
    const { code, out, error } = await online('import', './new.json')
    expect({ code, out }).toEqual({ code: 0, out: 'created: new 新流程\n1 created, 0 changed, 0 the same\n' })
    expect(error).toContain('definition.nodes.1.template (step hello): there is no template "gone"')
    expect(parsed('new.json')).toMatchObject({ base: expect.any(String), needs: { templates: ['gone'] } })
    expect((await online('import', './new.json', '--publish')).error).toContain('./new.json: The journey cannot go live as it is')
  })

  test('nothing is published unasked; published once, the same file makes no second version', async () => {
    expect((await online('import', './one', '--publish', '--share', '10')).out).toContain(
      'greeting: published as version 1, to 10 per cent',
    )
    expect(await stored('greeting')).toMatchObject({ status: 'live', version: 1, share: 10 })
    expect((await online('import', './one', '--publish')).out).toContain('greeting: version 1 is this already')
    setHours('one/greeting.json', 5)
    await online('import', './one')
    expect(await stored('greeting')).toMatchObject({ version: 1, live: { nodes: [{ duration: { amount: 4 } }, {}, {}] } })
    expect(await online('import', './one', '--share', '10')).toMatchObject({ code: 2, error: '--share goes with --publish\n' })
  })

  test('where drafts are reviewed, publishing waits for somebody else', async () => {
    const { id: _, ...settings } = { id: 0, ...(await app.call('workspace')) }
    await app.callAsAdmin('workspaceUpdate', { body: { ...settings, journeyReview: true } })
    const refused = await online('import', './one', '--publish')
    expect(refused).toMatchObject({ code: 1, error: expect.stringContaining('must be approved by somebody else') })
    expect((await online('import', './one', '--review', '等 5 小时')).out).toContain('greeting: a review was asked for')
    expect((await online('import', './one', '--review', '等 5 小时')).out).toContain('waiting for its review already')
    const { id, draftRevision } = await stored('greeting')
    await app.callAsAdmin('journeyReviewDecide', { params: { id }, body: { answer: 'approved', comment: '', draftRevision } })
    expect((await online('import', './one', '--publish')).out).toContain('greeting: published as version 2')
  })
})

describe('validate', () => {
  test('a file is checked without a server: what the schema refuses, what it does not know, and the graph', async () => {
    const good = { kind: 'journey', key: 'g', name: 'G', definition: greeting() }
    write('v.json', good)
    expect(await chaoxi('validate', './v.json')).toEqual({ code: 0, out: './v.json: a valid journey\n', error: '' })
    const nodes = greeting().nodes
    for (const [value, message] of [
      ['{', 'is not JSON'],
      [{ ...good, key: 'No Key' }, 'key: lower-case letters'],
      [{ ...good, colour: 'red' }, 'colour'],
      [{ ...good, definition: { ...greeting(), limit: { perHour: 5 } } }, 'definition.limit: is not a field of this'],
      [
        { ...good, definition: { ...greeting(), nodes: [{ ...nodes[0], onTimeOut: 'end' }, ...nodes.slice(1)] } },
        'definition.nodes.0.onTimeOut: is not a field of this; mend its name, or take it out',
      ],
      [
        { ...good, definition: { ...greeting(), nodes: [{ ...nodes[0], next: 'nowhere' }, ...nodes.slice(1)] } },
        './v.json: definition.nodes.0.next (step wait): there is no node "nowhere"; lead to one that is there',
      ],
      [{ ...good, definition: { ...greeting(), nodes: [{ id: 'a', kind: 'sned' }] } }, 'definition.nodes.0.kind'],
      [
        { ...good, needs: { templates: ['hello', 'old'], tags: [], coupons: [], segments: [] } },
        'needs.tags: add "vip", which the definition names',
      ],
    ] as const) {
      write('v.json', value)
      const { code, error } = await chaoxi('validate', './v.json')
      expect({ value, code, error }).toEqual({ value, code: 1, error: expect.stringContaining(message) })
    }
    expect((await chaoxi('validate', './gone.json')).error).toBe('./gone.json cannot be read\n')
  })

  test('given a server, what the file names is looked for there', async () => {
    write('v.json', { kind: 'journey', key: 'g', name: 'G', definition: greeting() })
    expect((await online('validate', './v.json')).out).toBe('./v.json: a valid journey, and the server has what it names\n')
    write('v.json', { kind: 'journey', key: 'g', name: 'G', definition: greeting({ trigger: { kind: 'tag_entry', tag: 'gold' } }) })
    expect((await chaoxi('validate', './v.json')).code).toBe(0)
    expect(await online('validate', './v.json')).toMatchObject({ code: 1, error: expect.stringContaining('definition.trigger.tag') })
  })
})

describe('diff', () => {
  test('says step by step what is different between files, drafts and versions', async () => {
    write('a.json', { kind: 'journey', key: 'greeting', name: '问候', definition: greeting() })
    const [wait, hello, end] = greeting().nodes
    const changed = greeting({
      reentry: 'every_time',
      nodes: [
        { ...wait, duration: { amount: 2, unit: 'day' } },
        { ...hello, next: 'again' },
        { id: 'again', kind: 'wait', name: '再等', duration: { amount: 1, unit: 'day' }, next: 'end' },
        end,
      ],
    })
    write('b.json', { kind: 'journey', key: 'greeting', name: '问候', definition: changed })
    expect(await chaoxi('diff', './a.json', './b.json')).toEqual({
      code: 3,
      error: '',
      out: [
        './a.json → ./b.json',
        '~ reentry: "never" → "every_time"',
        '+ again (wait "再等")',
        '    duration: 1 day',
        '    next: "end"',
        '~ wait (wait)',
        '    duration: 1 hour → 2 days',
        '~ hello (send)',
        '    next: "end" → "again"',
        '',
      ].join('\n'),
    })
    expect(await chaoxi('diff', './a.json', './a.json')).toMatchObject({ code: 0, out: './a.json and ./a.json are the same\n' })
    expect((await online('diff', 'greeting@1', 'greeting@live')).out).toContain('duration: 4 hours → 5 hours')
    expect((await online('diff', './one/greeting.json')).code).toBe(0)
    expect((await online('diff', './a.json')).out).toContain('greeting (draft) → ./a.json')
    expect((await online('diff', 'greeting', 'greeting@9')).error).toContain('with a version 9')
    expect((await online('diff', 'greeting@newest', 'greeting')).error).toContain('is neither a file nor KEY')
    expect((await online('diff', 'nobody', 'greeting')).error).toContain('The server has no journey nobody')
  })
})

describe('simulate', () => {
  test('plays a draft, or a file in its place, over what was recorded, and tells what would come of it', async () => {
    await create('played', greeting({ trigger: { kind: 'event', event: 'Signed Up' }, reentry: 'every_time' }))
    await online('export', './played.json', 'played')
    const at = (hours: number) => new Date(app.clock.now() - hours * 3_600_000).toISOString()
    await app.events(
      [40, 20, 10].map((hours, i) => ({ type: 'track', userId: `p${i}`, event: 'Signed Up', messageId: `s${i}`, timestamp: at(hours) })),
    )
    await app.settle()
    const { code, out } = await online('simulate', 'played', '--everyone')
    expect(code).toBe(0)
    expect(out).toContain('entries: 3 of 3 people; kept out: nobody')
    expect(out).toContain('  wait: 3 entered, 0 left')
    const journey = parsed('played.json')
    journey.definition.entryRule = { kind: 'tag', tag: 'vip' }
    write('played.json', journey)
    expect((await online('simulate', './played.json')).out).toContain('entries: 0 of 0 people; kept out: entry_rule 3')
    const json = JSON.parse((await online('simulate', 'played', '--json', '--days', '1')).out)
    expect(json).toMatchObject({ entries: 2, people: expect.any(Number) })
  })

  test('says what is missing', async () => {
    expect(await online('simulate')).toMatchObject({ code: 2 })
    expect((await online('simulate', 'played', '--days', '400')).error).toContain('--days needs 1 to 92')
    expect((await online('simulate', 'nowhere')).error).toContain('The server has no journey nowhere')
    expect((await online('simulate', 'played@live')).error).toContain('The journey has no live version')
  })
})

describe('test-run', () => {
  test('lets chosen people walk through, and tells what was seen and what was not', async () => {
    await create('tried', greeting({ trigger: { kind: 'event', event: 'Signed Up' }, reentry: 'every_time' }))
    await app.events([{ type: 'identify', userId: 'walker', messageId: 'walker', traits: { name: 'W' } }])
    await app.settle()
    const running = online('test-run', 'tried', '--people', 'walker', '--speed', '2880')
    for (let asked = 0; asked < 50 && (await app.call('journeys')).items.every((one) => one.trial === null); asked++) await app.settle()
    for (let turns = 0; turns < 10; turns++) {
      app.clock.advance(60_000)
      await app.settle()
    }
    const { code, out } = await running
    expect(code).toBe(0)
    expect(out).toContain('1 people from')
    expect(out).toContain('messages: ')
  })

  test('says what is missing', async () => {
    expect(await online('test-run')).toMatchObject({ code: 2 })
    expect((await online('test-run', 'tried', '--choose', '900')).error).toContain('--choose needs 1 to 200')
    expect((await online('test-run', 'tried', '--people', 'walker', '--to', 'nobody')).error).toContain(
      'there is no test recipient "nobody"',
    )
    expect((await online('test-run', 'tried', '--people', 'walker', '--choose', '3')).error).toContain('take one')
  })
})
