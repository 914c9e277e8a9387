import { AppError, type Me } from '@chaoxi/contract'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createTestStores, type TestStores } from '../../test/harness/stores.ts'
import type { Caller } from '../platform/http/api.ts'
import { type ContentService, createContent } from './content.ts'
import { renderSms, smsProviderText } from './sms.ts'
import type { Variables } from './template.ts'

let stores: TestStores
let content: ContentService
let caller: Caller
const audited: string[] = []
let users: { name: string }[] = []

beforeAll(async () => {
  stores = await createTestStores()
  const workspaceId = await stores.createWorkspace()
  const me: Me = {
    account: { id: 'acc_1', email: 'a@b.c', name: 'A' },
    workspace: { id: workspaceId, name: 'Test', timeZone: 'Asia/Shanghai' },
    role: 'admin',
    permissions: [],
  }
  caller = { workspaceId, me, actor: 'acc_1' }
  content = createContent({
    ...stores,
    publicUrl: 'https://s.cn',
    settings: async () => ({
      name: '潮汐小店',
      timeZone: 'Asia/Shanghai',
      quietHours: { start: '21:00', end: '08:00' },
      marketingCap: { max: 3, hours: 24 },
      journeyReview: false,
    }),
    profiles: async (_, ids) => new Map(ids.map((id) => [id, { id, userId: `u${id}`, attributes: id === 1 ? { name: '小明' } : {} }])),
    summaries: async (_, ids) =>
      new Map(ids.map((id) => [id, { id, name: null, userId: `u${id}`, phone: null, email: null, createdAt: '', lastSeenAt: null }])),
    audit: async (_tx, _caller, action) => {
      audited.push(action)
    },
    smsAccount: async () => ({ signName: '潮汐小店', optOutText: '回T退订' }),
    hotItems: async () => [{ name: '海盐饼干' }],
    coupon: async (_, key) => (key === 'welcome' ? { name: '新人券' } : null),
    usage: async () => users,
  })
})
afterAll(() => stores.close())

const sms = (text: string) => ({ kind: 'sms' as const, text })
const preview = (text: string, personId: number | null = 1, linkUrl = '') =>
  content.preview(caller, { channel: 'sms', content: sms(text), linkUrl, personId })

describe('templates', () => {
  test('are created, changed by revision and archived, each with a trace', async () => {
    const made = await content.create(caller, { key: 'hello', name: '问候', channel: 'sms', content: sms('您好'), linkUrl: '' })
    expect(made).toMatchObject({ key: 'hello', revision: 1, status: 'active' })
    await expect(content.create(caller, { key: 'hello', name: 'x', channel: 'sms', content: sms('x'), linkUrl: '' })).rejects.toMatchObject(
      {
        code: 'conflict',
      },
    )
    const changed = await content.update(caller, 'hello', { name: '问候2', content: sms('您好！'), linkUrl: '', revision: 1 })
    expect(changed).toMatchObject({ name: '问候2', revision: 2 })
    await expect(content.update(caller, 'hello', { name: 'x', content: sms('x'), linkUrl: '', revision: 1 })).rejects.toMatchObject({
      code: 'stale_revision',
    })
    users = [{ name: '新用户激活' }]
    await expect(content.archive(caller, 'hello')).rejects.toMatchObject({ code: 'in_use' })
    users = []
    await content.archive(caller, 'hello')
    expect(await content.list(caller.workspaceId)).toEqual([])
    expect(await content.list(caller.workspaceId + 1)).toEqual([])
    expect(audited).toEqual(['template.create', 'template.update', 'template.archive'])
  })

  test('that do not parse are refused with line and column', async () => {
    const error = await content
      .create(caller, { name: 'x', channel: 'sms', content: sms('a\n{{ customer.name | nope }}'), linkUrl: '' })
      .catch((e) => e)
    expect(error).toBeInstanceOf(AppError)
    expect(error).toMatchObject({ code: 'invalid_template', problems: [{ path: 'content.text' }] })
    expect(error.problems[0].message).toMatch(/^line 2, column \d+: undefined filter: nope/)
  })

  test.each([
    ['a signature of their own', sms('【店】您好'), ''],
    ['a word that the law forbids', sms('国家级好货'), ''],
    ['a link without a target', sms('看 {{ link }}'), ''],
    [
      'the content of another channel',
      { kind: 'popup' as const, title: 'a', body: '', imageUrl: '', button: 'b', action: { kind: 'close' as const }, validHours: 1 },
      '',
    ],
  ])('with %s are refused', async (_, body, linkUrl) => {
    await expect(content.create(caller, { name: 'x', channel: 'sms', content: body, linkUrl })).rejects.toMatchObject({
      code: 'invalid_template',
    })
  })
})

describe('a preview', () => {
  test('shows the whole SMS as a real customer gets it, with length and segments', async () => {
    const shown = await preview('{{ customer.name | default: "亲" }}，新人券等您领：{{ link }} ', 1, 'https://shop.cn')
    expect(shown).toMatchObject({ fullText: '【潮汐小店】小明，新人券等您领：https://s.cn/l/A2B3C4D5 回T退订', segments: 1, problems: [] })
    expect(shown.length).toBe(shown.fullText.length)
  })

  test('warns of empty variables and absolute terms, and stops what is too long', async () => {
    expect((await preview('{{ customer.name }}您好', 2)).problems).toMatchObject([{ code: 'empty_variable', level: 'warning' }])
    expect((await preview('全网最低')).problems.map((p) => [p.message, p.level])).toContainEqual(['全网最低', 'warning'])
    expect((await preview('最佳')).problems).toMatchObject([{ code: 'absolute_term', level: 'error' }])
    expect((await preview('长'.repeat(495))).problems).toMatchObject([{ code: 'too_long', level: 'error' }])
    expect((await preview('{% if %}')).problems).toMatchObject([{ code: 'does_not_parse', level: 'error' }])
  })

  test('of a popup renders its fields with the coupon that it offers', async () => {
    const popup = {
      kind: 'popup' as const,
      title: '{{ shop.name }}送您{{ coupon.name }}',
      body: '{{ hot_items.first.name }}',
      imageUrl: '',
      button: '领取',
      action: { kind: 'coupon' as const, coupon: 'welcome' },
      validHours: 72,
    }
    const shown = await content.preview(caller, { channel: 'popup', content: popup, linkUrl: '', personId: 1 })
    expect(shown).toMatchObject({ content: { title: '潮汐小店送您新人券', body: '海盐饼干' }, problems: [], segments: 0 })
  })
})

describe('the text for the provider', () => {
  const variables: Variables = {
    customer: { name: '小明' },
    event: { total: 99 },
    shop: { name: '店' },
    link: 'https://s.cn/l/ABCD',
    coupon: {},
    hot_items: [],
  }
  const source = '{% assign n = customer.name %}{{ n }}{{ event.total }}元{% if event.total > 50 %}，真棒{% endif %} {{ link }} 再见'

  test('keeps what is literal, names the rest, and never two variables side by side', () => {
    const text = smsProviderText(source, 'https://s.cn/l/', '回T退订')
    expect(text).toBe('#{p1}元#{p2} https://s.cn/l/#{p3} 再见回T退订'.replaceAll('#', '$'))
  })

  test('filled with the rendered parts is the rendered text', () => {
    const { text, params } = renderSms(source, variables, 'Asia/Shanghai', 'https://s.cn/l/')
    expect(params).toEqual({ p1: '小明99', p2: '，真棒', p3: 'ABCD' })
    const filled = smsProviderText(source, 'https://s.cn/l/', '').replace(/\$\{(p\d+)\}/g, (_, name: string) => params[name] ?? '')
    expect(filled).toBe(text)
  })
})
