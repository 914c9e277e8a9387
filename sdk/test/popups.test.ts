import type { WaitingPopup } from '@chaoxi/contract'
import { expect, test } from 'vitest'
import { safeUrl } from '../src/popup-view.ts'
import { busyEveryMs, calmEveryMs, createPopups } from '../src/popups.ts'
import { createFake } from './fakes.ts'

const popup = (id: string): WaitingPopup => ({
  id,
  purpose: 'marketing',
  title: '新人礼',
  body: '20 元券',
  imageUrl: '',
  button: '领取',
  action: { kind: 'coupon', coupon: 'new-customer' },
})
const waiting = (...ids: string[]) => ({ text: JSON.stringify({ popups: ids.map(popup) }) })

function setUp() {
  const fake = createFake()
  fake.answers = [waiting()]
  const shown: string[] = []
  let open: { clicked(): void; closed(): void } | null = null
  const popups = createPopups(fake, {
    who: () => ({ anonymousId: 'a 1', userId: 'u&1' }),
    view(one, on) {
      shown.push(one.id)
      open = on
      return () => {
        open = null
      }
    },
  })
  const reports = () => fake.requests.filter((request) => request.method === 'POST').map((request) => request.path)
  const asked = () => fake.requests.filter((request) => request.method === 'GET')
  return { fake, popups, shown, reports, asked, open: () => open }
}

test('nothing is asked while nobody looks at the page', async () => {
  const { fake, popups, asked } = setUp()
  popups.look()
  await fake.pass(120_000)
  expect(asked()).toEqual([])
  popups.visible(true)
  await fake.pass(1_000)
  expect(asked().map((request) => request.path)).toEqual(['/v1/popups?anonymousId=a%201&userId=u%261'])
  popups.visible(false)
  await fake.pass(120_000)
  expect(asked()).toHaveLength(1)
})

test('it is asked often in the minute after something happened, and calmly then', async () => {
  const { fake, popups, asked } = setUp()
  popups.visible(true)
  await fake.pass(60_000)
  expect(asked().length).toBeGreaterThanOrEqual(60_000 / busyEveryMs - 1)
  const before = asked().length
  await fake.pass(calmEveryMs * 4)
  expect(asked().length - before).toBeLessThanOrEqual(5)
})

test('a popup is shown once a page, reported, and closing it is one call', async () => {
  const { fake, popups, shown, reports, open } = setUp()
  fake.answers = [waiting('m1')]
  popups.visible(true)
  await fake.pass(1_000)
  expect(shown).toEqual(['m1'])
  open()?.closed()
  await fake.pass(300_000)
  expect(shown).toEqual(['m1'])
  expect(reports()).toEqual(['/v1/popups/m1/shown', '/v1/popups/m1/closed'])
  expect(JSON.parse(fake.requests.find((request) => request.method === 'POST')?.body ?? '')).toEqual({ anonymousId: 'a 1', userId: 'u&1' })
})

test('one popup at a time: the next one waits for the answer to the first', async () => {
  const { fake, popups, shown, reports, open } = setUp()
  fake.answers = [waiting('m1', 'm2')]
  popups.visible(true)
  await fake.pass(20_000)
  expect(shown).toEqual(['m1'])
  open()?.clicked()
  await fake.pass(calmEveryMs + 1_000)
  expect(shown).toEqual(['m1', 'm2'])
  expect(reports()).toContain('/v1/popups/m1/clicked')
})

test('a report that the server could not take is sent again', async () => {
  const { fake, popups, reports } = setUp()
  fake.answers = [waiting('m1'), 503, 'offline', 200]
  popups.visible(true)
  await fake.pass(10_000)
  expect(reports()).toEqual(['/v1/popups/m1/shown', '/v1/popups/m1/shown', '/v1/popups/m1/shown'])
})

test('an answer that is no list of popups shows nothing', async () => {
  const { fake, popups, shown } = setUp()
  fake.answers = [{ text: '<html>' }, { text: '{"popups":[1,null,{"id":"x"}]}' }, { status: 500 }, 'offline']
  popups.visible(true)
  await fake.pass(60_000)
  expect(shown).toEqual([])
})

test('only http and https addresses are opened', () => {
  const base = 'https://shop.example/p/1'
  expect(safeUrl('/demo/?item=3', base)).toBe('https://shop.example/demo/?item=3')
  expect(safeUrl('http://a.example/x', base)).toBe('http://a.example/x')
  expect(safeUrl('javascript:alert(1)', base)).toBeNull()
  expect(safeUrl(' JaVaScRiPt:alert(1)', base)).toBeNull()
  expect(safeUrl('data:text/html,<script>alert(1)</script>', base)).toBeNull()
  expect(safeUrl('http://', base)).toBeNull()
})
