import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import packed, { inflate } from '@sparticuz/chromium'
import { type Browser, type BrowserContext, chromium, type Page, type Request } from 'playwright-core'

// The browser comes with npm (Chromium for Linux on x64, compressed), so that nothing has to be installed. Elsewhere an
// installed Chrome is used; CHAOXI_BROWSER names the program where it is not found by itself.

const cacheFolder = join(import.meta.dirname, '../../node_modules/.cache')
const packageFile = createRequire(import.meta.url)
  .resolve('@sparticuz/chromium')
  .replace(/\/build\/.*$/, '/package.json')

/** Unpacks the browser beside a finished copy and renames it: two test runs at once, or one that is killed, leave no half of it. */
async function unpack(): Promise<string> {
  const { version }: { version: string } = JSON.parse(readFileSync(packageFile, 'utf8'))
  const folder = join(cacheFolder, `chromium-${version}`)
  if (existsSync(folder)) return folder
  mkdirSync(cacheFolder, { recursive: true })
  const fresh = mkdtempSync(join(cacheFolder, 'chromium-new-'))
  const before = process.env.TMPDIR
  // The package unpacks to the folder for temporary files, wherever that is.
  process.env.TMPDIR = fresh
  try {
    await packed.executablePath()
    await inflate(join(dirname(packageFile), 'bin/al2023.tar.br'))
  } finally {
    if (before === undefined) delete process.env.TMPDIR
    else process.env.TMPDIR = before
  }
  try {
    renameSync(fresh, folder)
  } catch {
    // Another run was quicker.
    rmSync(fresh, { recursive: true, force: true })
  }
  return folder
}

/** What the package advises for a small function in a cloud, and what is wrong for a test: one process, no web security. */
const unwanted = ['--single-process', '--no-zygote', '--disable-web-security', '--allow-running-insecure-content']

export async function launchBrowser(): Promise<Browser> {
  const named = process.env.CHAOXI_BROWSER
  if (named) return chromium.launch({ executablePath: named })
  if (process.platform !== 'linux' || process.arch !== 'x64') return chromium.launch({ channel: 'chrome' })
  const folder = await unpack()
  // Without a graphics card its emulation takes the processor from everything else: pages then stood still for half a minute.
  packed.setGraphicsMode = false
  const args = packed.args.filter((arg) => !unwanted.includes(arg) && !arg.startsWith('--headless'))
  const env: Record<string, string> = { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? folder }
  if (!existsSync('/etc/fonts')) env.FONTCONFIG_PATH = join(folder, 'fonts')
  const options = { executablePath: join(folder, 'chromium'), args: [...args, '--disable-gpu'] }
  try {
    return await chromium.launch({ ...options, env })
  } catch (error) {
    // A bare machine lacks NSS and its like, which come packed as well.
    const libraries = join(folder, 'al2023/lib')
    if (!(error instanceof Error) || !error.message.includes('shared librar')) throw error
    return chromium.launch({ ...options, env: { ...env, LD_LIBRARY_PATH: libraries } })
  }
}

export interface Visitor {
  readonly context: BrowserContext
  readonly page: Page
  /** What went wrong in the page: errors of scripts, refused resources, failed requests to us. */
  readonly complaints: string[]
  /** Requests that have had no answer yet, with their age in ms. */
  pending(): string[]
}

/** A person with a browser of their own, who notes what the pages complain about. */
export async function openVisitor(
  browser: Browser,
  { width = 1440, height = 900, ignore = [] }: { width?: number; height?: number; ignore?: readonly RegExp[] } = {},
): Promise<Visitor> {
  const context = await browser.newContext({
    viewport: { width, height },
    locale: 'zh-CN',
    timezoneId: 'Asia/Shanghai',
    reducedMotion: 'reduce',
    // Links of messages do not count the clicks of machines, and "HeadlessChrome" says that it is one.
    userAgent: 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/153.0.0.0 Safari/537.36',
  })
  context.setDefaultTimeout(30_000)
  const page = await context.newPage()
  const complaints: string[] = []
  const note = (text: string) => {
    if (!ignore.some((pattern) => pattern.test(text))) complaints.push(text)
  }
  page.on('pageerror', (error) => note(`error: ${error.message}`))
  page.on('console', (message) => message.type() === 'error' && note(`console: ${message.text()} ${message.location().url}`))
  page.on('response', (response) => response.status() >= 500 && note(`${response.status()}: ${response.url()}`))
  const open = new Map<Request, number>()
  page.on('request', (request) => open.set(request, performance.now()))
  const end = (request: Request) => open.delete(request)
  page.on('requestfinished', end)
  page.on('requestfailed', end)
  const pending = () => [...open].map(([request, at]) => `${request.method()} ${request.url()} ${Math.round(performance.now() - at)}`)
  return { context, page, complaints, pending }
}

/** Where a test failed: a picture of the page, and what was the matter in it. */
export async function leavePicture(name: string, { page, complaints, pending }: Visitor): Promise<void> {
  const path = join(tmpdir(), `chaoxi-e2e-${name}.png`)
  await page.screenshot({ path }).catch(() => {})
  console.error(`${name} at ${page.url()}: ${path}`, complaints, pending())
}
