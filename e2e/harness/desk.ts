import { adminEmail, adminPassword, startTestApp, type TestApp } from '../../server/test/harness/app.ts'
import { launchBrowser, openVisitor, type Visitor } from './browser.ts'
import { logIn } from './console.ts'
import { type RunningServer, startServer } from './server.ts'

/** An operator's place: a page of their own, and a browser for further visitors. */
export interface Desk extends Visitor {
  newVisitor(width: number): Promise<Visitor>
  /** Closes the browser, with everybody in it. */
  close(): Promise<void>
}

/** The program with the demo shop, and an operator who has not logged in yet. */
export const openDemo = (): Promise<[RunningServer, Desk]> => withDesk(startServer({ sample: 'demo' }))

/** The application in the test's own process and with the test's clock; once `prepare` is done, the operator logs in. */
export async function openTestApp(
  prepare: (app: TestApp) => Promise<unknown> = async () => {},
  environment: Record<string, string> = {},
): Promise<[TestApp, Desk]> {
  const [app, desk] = await withDesk(startTestApp({ environment }))
  try {
    await prepare(app)
    await app.settle()
    await logIn(desk.page, { url: app.url, email: adminEmail, password: adminPassword })
    return [app, desk]
  } catch (error) {
    await Promise.all([desk.close(), app.close()])
    throw error
  }
}

/** The browser starts while the server does; where one fails, the other does not stay. */
async function withDesk<Server extends { close(): Promise<void> }>(starting: Promise<Server>): Promise<[Server, Desk]> {
  const [server, desk] = await Promise.allSettled([starting, openDesk()])
  if (server.status === 'fulfilled' && desk.status === 'fulfilled') return [server.value, desk.value]
  for (const one of [server, desk]) if (one.status === 'fulfilled') await one.value.close()
  throw [server, desk].find((one) => one.status === 'rejected')?.reason
}

async function openDesk(): Promise<Desk> {
  const browser = await launchBrowser()
  // Whoever is not logged in yet is told so by a 401, which the browser notes.
  const ignore = [/401.*\/api\/me$/]
  const visitor = await openVisitor(browser, { ignore })
  return { ...visitor, newVisitor: (width) => openVisitor(browser, { width, ignore }), close: () => browser.close() }
}
