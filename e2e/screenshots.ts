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
  '/journeys',
  '/playbooks',
  '/templates',
  '/messages',
  '/coupons',
  '/effects',
  '/quarantine',
  '/settings/channels',
  '/settings/members',
  '/settings/keys',
  '/settings/workspace',
  '/settings/audit',
  '/no-such-page',
]
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
  const tabs = (path: string) =>
    path.startsWith('/people/')
      ? ['messages', 'orders', 'coupons', 'consent'].map((tab) => `${path}?tab=${tab}`)
      : path.startsWith('/journeys/')
        ? [`${path}?tab=design`]
        : []
  return found.flat().flatMap((path) => [path, ...tabs(path)])
}

async function shoot(page: Page, url: string, path: string, file: string): Promise<void> {
  await page.goto(`${url}${path}`)
  await settled(page).catch(() => console.error(`${path} is still loading`))
  await page.waitForTimeout(restMs)
  await page.screenshot({ path: file, fullPage: true })
}

async function photograph(server: RunningServer, folder: string): Promise<void> {
  const browser = await launchBrowser()
  try {
    const { page, complaints } = await openVisitor(browser)
    await shoot(page, server.url, '/login', join(folder, 'login-zh.png'))
    await logIn(page, server)
    const paths = [...pages, ...(await things(page, server.url))]
    for (const language of ['zh', 'en']) {
      await page.evaluate((value) => localStorage.setItem('chaoxi.language', value), language)
      for (const path of paths) {
        const name = path === '/' ? 'today' : path.slice(1).replaceAll(/[/?=]+/g, '-')
        await shoot(page, server.url, path, join(folder, `${name}-${language}.png`))
      }
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
    await server.stop()
  }
}
