import { afterAll, afterEach, beforeAll } from 'vitest'
import { leavePicture } from '../harness/browser.ts'
import { type BuilderHand, builderHand } from '../harness/builder.ts'
import { logIn } from '../harness/console.ts'
import { type Desk, openDemo } from '../harness/desk.ts'
import type { RunningServer } from '../harness/server.ts'
import { type TagDrawer, tagDrawer } from '../harness/tag-drawer.ts'

// One demo shop in which all cases build their tags: each under a name of its own.

export let desk: Desk
export let hand: BuilderHand
export let tags: TagDrawer
export let server: RunningServer

/** To be called once by the test file, before the cases. */
export function useTagDesk(): void {
  beforeAll(async () => {
    ;[server, desk] = await openDemo()
    hand = builderHand(desk.page)
    tags = tagDrawer(desk.page)
    await logIn(desk.page, server)
  }, 240_000)
  afterAll(async () => {
    await desk?.close()
    await server?.close()
  }, 60_000)
  afterEach(async ({ task }) => {
    if (task.result?.state !== 'fail') return
    await leavePicture('tags', desk)
    await desk.page.goto(server.url)
  })
}
