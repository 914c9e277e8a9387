// Pictures of every page, in both languages, of a full and of an empty workspace, to be looked at by people:
//   node e2e/screenshots.ts FOLDER
// Chinese letters need a Chinese font on the machine (Debian: fonts-noto-cjk).
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { launchBrowser, openVisitor } from './harness/browser.ts'
import { logIn, settled } from './harness/console.ts'
import { type RunningServer, startServer } from './harness/server.ts'

const pages = [
  '/',
  '/people',
  '/tags',
  '/segments',
  '/portraits',
  '/governance',
  '/governance?finding=all',
  '/governance?tab=month',
  '/journeys',
  '/playbooks',
  '/playbooks/abandoned-cart',
  '/playbooks/double-11',
  '/templates',
  '/messages',
  '/coupons',
  '/effects',
  '/quarantine',
  '/settings/channels',
  '/settings/endpoints',
  '/settings/members',
  '/settings/keys',
  '/settings/workspace',
  '/settings/audit',
  '/no-such-page',
]
/** Widths besides a usual screen: a small office screen at 200 % zoom, and a telephone. */
const narrow = [
  [720, 'half'],
  [390, 'phone'],
] as const
const narrowPages = ['/', '/people', '/tags', '/journeys', '/coupons', '/effects', '/quarantine', '/settings/workspace']
/** Charts draw themselves in, and pages ask again. */
const restMs = 1_200

/** The first thing of each list, asked of the API, so that pages of one thing are pictured too. */
async function things(page: Page, url: string): Promise<string[]> {
  const first = async (path: string, name: string, place: string): Promise<string[]> => {
    const answer = await page.request.get(`${url}${path}`)
    if (!answer.ok()) return []
    const { items }: { items: Record<string, unknown>[] } = await answer.json()
    const key = items[0]?.[name]
    return key === undefined ? [] : [`${place}/${String(key)}`]
  }
  const found = await Promise.all([
    first('/api/people?q=%E7%8E%8B', 'id', '/people'),
    first('/api/tags', 'key', '/tags'),
    first('/api/segments', 'key', '/segments'),
    first('/api/journeys', 'id', '/journeys'),
    first('/api/templates', 'key', '/templates'),
  ])
  const tabsOf: Record<string, readonly string[]> = {
    people: ['messages', 'journeys', 'orders', 'coupons', 'consent'],
    tags: ['rule', 'members', 'history'],
    segments: ['members', 'history'],
    journeys: ['design', 'why', 'json', 'versions'],
  }
  const tabs = (path: string) => (tabsOf[path.split('/')[1] ?? ''] ?? []).map((tab) => `${path}?tab=${tab}`)
  const journey = found
    .flat()
    .find((path) => path.startsWith('/journeys/'))
    ?.slice('/journeys/'.length)
  const behind = journey === undefined ? [] : [`/people?journey=${journey}&stage=inside`, `/messages?journey=${journey}`]
  return [...found.flat().flatMap((path) => [path, ...tabs(path)]), ...behind, ...(await portraits(page, url))]
}

/** The first tag alone, and with others: two and three as circles, more as columns. */
async function portraits(page: Page, url: string): Promise<string[]> {
  const { items }: { items: { key: string }[] } = await (await page.request.get(`${url}/api/tags`)).json()
  const [first, ...others] = items.slice(0, 6).map(({ key }) => `tag:${key}`)
  if (first === undefined) return []
  const path = `/portraits?of=${first}`
  const overlap = (count: number) => (others.length < count ? [] : [`${path}&tab=overlap&with=${others.slice(0, count).join(',')}`])
  return [path, ...overlap(1), ...overlap(2), ...overlap(4), `${path}&tab=size`]
}

/** Something for the quarantine. */
async function misbehave(page: Page, url: string): Promise<void> {
  const { items }: { items: { kind: string; hint: string }[] } = await (await page.request.get(`${url}/api/settings/keys`)).json()
  const key = items.find(({ kind }) => kind === 'write')?.hint ?? ''
  const authorization = `Basic ${Buffer.from(`${key}:`).toString('base64')}`
  const batch = [
    { type: 'track', userId: 'u1' },
    { type: 'track', event: 'Product Viewed' },
    { type: 'track', userId: 'u1', event: 'Product Viewed', timestamp: '1970-01-01T00:00:00Z' },
    { type: 'dance', userId: 'u1' },
  ]
  await page.request.post(`${url}/v1/batch`, { headers: { authorization }, data: { batch } })
}

interface Moment {
  readonly name: string
  readonly path: string
  /** What is clicked there, by its place in the page. */
  readonly clicks: readonly string[]
}
/** Drawers and panels that open at a click; the words are left to the pictures. */
const moments: readonly Moment[] = [
  { name: 'tag-create', path: '/tags', clicks: ['.page-actions .ant-btn-primary'] },
  { name: 'coupon-create', path: '/coupons', clicks: ['.page-actions .ant-btn-primary'] },
  { name: 'coupon-archive', path: '/coupons', clicks: ['tbody .ant-btn-dangerous'] },
  { name: 'template-create', path: '/templates', clicks: ['.page-actions .ant-btn-primary'] },
  { name: 'journey-create', path: '/journeys', clicks: ['.page-actions .ant-btn-primary'] },
  { name: 'message-opened', path: '/messages', clicks: ['tbody tr.row-open td:nth-child(4)'] },
  { name: 'quarantine-opened', path: '/quarantine', clicks: ['tbody tr.row-open td:nth-child(3)'] },
  { name: 'audit-opened', path: '/settings/audit', clicks: ['tbody tr.row-open td:nth-child(1)'] },
  { name: 'key-create', path: '/settings/keys', clicks: ['.page-actions .ant-btn-primary'] },
  { name: 'member-create', path: '/settings/members', clicks: ['.page-actions .ant-btn-primary'] },
]

async function shootMoments(page: Page, url: string, folder: string, language: string, journey: string | undefined): Promise<void> {
  const inside: Moment[] =
    journey === undefined
      ? []
      : [
          { name: 'journey-node', path: `${journey}?tab=design`, clicks: ['.flow-send'] },
          { name: 'journey-live-node', path: journey, clicks: ['.flow-send .flow-head'] },
          { name: 'journey-run', path: journey, clicks: ['.run-list .ant-btn'] },
        ]
  for (const { name, path, clicks } of [...moments, ...inside]) {
    await page.goto(`${url}${path}`)
    await settled(page).catch(() => {})
    try {
      for (const place of clicks) await page.locator(place).first().click({ timeout: 4_000 })
    } catch {
      continue
    }
    await page.waitForTimeout(restMs)
    await page.screenshot({ path: join(folder, `${name}-${language}.png`) })
  }
}

async function shoot(page: Page, url: string, path: string, file: string): Promise<void> {
  await page.goto(`${url}${path}`)
  await settled(page).catch(() => console.error(`${path} is still loading`))
  await page.waitForTimeout(restMs)
  await page.screenshot({ path: file, fullPage: true })
}

/** Ids differ from run to run; a picture keeps its name. */
const nameOf = (path: string) =>
  path === '/'
    ? 'today'
    : path
        .slice(1)
        .replaceAll(/jny_\w+/g, 'one')
        .replaceAll(/[/?=&]+/g, '-')

async function photograph(server: RunningServer, folder: string): Promise<void> {
  const browser = await launchBrowser()
  try {
    const { page, complaints } = await openVisitor(browser)
    await shoot(page, server.url, '/login', join(folder, 'login-zh.png'))
    await logIn(page, server)
    await misbehave(page, server.url)
    const paths = [...pages, ...(await things(page, server.url))]
    const journey = paths.find((path) => /^\/journeys\/[^?]+$/.test(path))
    for (const language of ['zh', 'en']) {
      await page.evaluate((value) => localStorage.setItem('chaoxi.language', value), language)
      for (const path of paths) {
        await shoot(page, server.url, path, join(folder, `${nameOf(path)}-${language}.png`))
      }
      await shootMoments(page, server.url, folder, language, journey)
    }
    await page.evaluate(() => localStorage.setItem('chaoxi.language', 'zh'))
    for (const [width, name] of narrow) {
      await page.setViewportSize({ width, height: 860 })
      for (const path of narrowPages) await shoot(page, server.url, path, join(folder, `${name}-${nameOf(path)}-zh.png`))
    }
    const shop = await openVisitor(browser)
    for (const [width, name] of [
      [1280, 'wide'],
      [390, 'phone'],
    ] as const) {
      await shop.page.setViewportSize({ width, height: 860 })
      for (const language of ['zh', 'en']) {
        await shop.page.goto(`${server.url}/demo`)
        await shop.page.evaluate((value) => localStorage.setItem('shop:language', value), language)
        await shop.page.reload()
        for (const path of ['/', '/item/p01', '/me']) {
          await shop.page.goto(`${server.url}/demo#${path}`)
          await shop.page.waitForTimeout(restMs / 2)
          await shop.page.screenshot({
            path: join(folder, `shop-${path.slice(1).replace('/', '-') || 'home'}-${name}-${language}.png`),
            fullPage: true,
          })
        }
      }
    }
    for (const complaint of [...complaints, ...shop.complaints]) console.error(complaint)
  } finally {
    await browser.close()
  }
}

const folder = process.argv[2]
if (folder === undefined) {
  console.error('usage: node e2e/screenshots.ts FOLDER')
  process.exit(2)
}
for (const [sample, name] of [
  ['demo', 'full'],
  ['none', 'empty'],
] as const) {
  const into = join(folder, name)
  mkdirSync(into, { recursive: true })
  const server = await startServer({ sample })
  try {
    await photograph(server, into)
  } finally {
    await server.close()
  }
}
