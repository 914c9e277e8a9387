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

test('Segment’s unmodified browser library, in the page of another site, delivers to the intake', async () => {
  const entryPoints = [join(import.meta.dirname, 'segment-page.ts')]
  const bundle = await build({ entryPoints, bundle: true, format: 'esm', write: false, define: { 'process.env.NODE_ENV': '"production"' } })
  const script = bundle.outputFiles[0]?.text ?? ''
  // The library stamps its calls with the real time; the test's clock must not lie before that.
  app.clock.set('2100-01-01T00:00:00Z')
  const { page, complaints } = await openVisitor(browser)
  await page.route('http://shop.localhost/**', (route) =>
    route.request().url().endsWith('.js')
      ? route.fulfill({ contentType: 'text/javascript', body: script })
      : route.fulfill({ contentType: 'text/html; charset=utf-8', body: '<script type="module" src="/page.js"></script>' }),
  )
  await page.goto(`http://shop.localhost/?${new URLSearchParams({ key: writeKey, server: app.url })}`)
  await page.waitForFunction(() => document.title === 'sent')
  const stored = () =>
    app.clickhouse.query<{ event: string }>('interactive', 'select event from events where workspace_id = {w:UInt32} order by event', {
      w: app.workspaceId,
    })
  await expect.poll(stored).toEqual([{ event: '$identify' }, { event: '$page' }, { event: 'Product Viewed' }])
  expect((await app.call('people', { query: { q: 'segment-browser-1' } })).items).toMatchObject([{ name: '林小雨' }])
  expect((await app.call('quarantine')).items).toEqual([])
  expect(complaints).toEqual([])
})
