import { createServer } from 'node:http'
import { join } from 'node:path'
import { build } from 'esbuild'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestApp, type TestApp, writeKey } from '../server/test/harness/app.ts'
import { launchBrowser, openVisitor } from './harness/browser.ts'

let app: TestApp
let browser: Browser
beforeAll(async () => {
  app = await startTestApp()
  browser = await launchBrowser()
})
afterAll(async () => {
  await browser?.close()
  await app?.close()
})

/** A site of its own (another port is another origin) with one page and its script. */
async function openShop(script: string): Promise<{ url: string; close(): void }> {
  const server = createServer((request, response) => {
    const isScript = request.url === '/page.js'
    response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html; charset=utf-8')
    response.end(isScript ? script : '<!doctype html><link rel="icon" href="data:,"><script type="module" src="/page.js"></script>')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('the shop has no port')
  return { url: `http://127.0.0.1:${address.port}/`, close: () => server.close() }
}

test('Segment’s unmodified browser library, in the page of another site, delivers to the intake', async () => {
  const entryPoints = [join(import.meta.dirname, 'segment-page.ts')]
  const bundle = await build({ entryPoints, bundle: true, format: 'esm', write: false, define: { 'process.env.NODE_ENV': '"production"' } })
  const shop = await openShop(bundle.outputFiles[0]?.text ?? '')
  // The library stamps its calls with the real time; the test's clock must not lie before that.
  app.clock.set('2100-01-01T00:00:00Z')
  const { page, complaints } = await openVisitor(browser)
  await page.goto(`${shop.url}?${new URLSearchParams({ key: writeKey, server: app.url })}`)
  await page.waitForFunction(() => document.title === 'sent')
  const stored = () =>
    app.clickhouse.query<{ event: string }>('interactive', 'select event from events where workspace_id = {w:UInt32} order by event', {
      w: app.workspaceId,
    })
  await expect.poll(stored, { timeout: 20_000 }).toEqual([{ event: '$identify' }, { event: '$page' }, { event: 'Product Viewed' }])
  expect((await app.call('people', { query: { q: 'segment-browser-1' } })).items).toMatchObject([{ name: '林小雨' }])
  expect((await app.call('quarantine')).items).toEqual([])
  expect(complaints).toEqual([])
  shop.close()
})
