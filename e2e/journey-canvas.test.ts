import { type JourneyDefinition, nodeExits } from '@chaoxi/contract'
import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import type { TestApp } from '../server/test/harness/app.ts'
import { defineJourney, wait } from '../server/test/harness/journeys.ts'
import { leavePicture, type Visitor } from './harness/browser.ts'
import { logIn } from './harness/console.ts'
import { type Desk, openTestApp } from './harness/desk.ts'
import { furnish, largeJourney } from './harness/large-journey.ts'

// The drawing board with sixty steps: found, walked, copied into another journey, removed, noted, and changed by two people at once.

const colleague = { email: 'lan@example.com', password: 'a-long-password' }
let app: TestApp
let desk: Desk
let other: Visitor
let large = ''
let small = ''
beforeAll(async () => {
  ;[app, desk] = await openTestApp(async (app) => {
    const definition = largeJourney()
    await furnish(app, definition)
    large = (await app.call('journeyCreate', { body: { name: '双十一全程', definition } })).id
    const nodes = [wait('w', 'end', 1), { id: 'end', kind: 'exit' }]
    small = (await app.call('journeyCreate', { body: { name: '短流程', definition: defineJourney('w', nodes) } })).id
    await app.callAsAdmin('memberCreate', { body: { name: '兰兰', role: 'operator', ...colleague } })
  })
  other = await desk.newVisitor(1440)
  await logIn(other.page, { url: app.url, ...colleague })
})
afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') await leavePicture('journey-canvas', desk)
})
afterAll(async () => {
  await desk?.close()
  await app?.close()
})

const card = (page: Page, id: string) => page.locator(`.react-flow__node[data-id="${id}"]`)
const drafted = async (id: string): Promise<JourneyDefinition> => (await app.call('journey', { params: { id } })).draft
async function open(page: Page, id: string): Promise<void> {
  await page.goto(`${app.url}/journeys/${id}?tab=design`)
  await page.locator('.react-flow__node').first().waitFor()
}
/** Drafts are saved a breath after the edit. */
const eventually = <T>(work: () => T) => expect.poll(work, { timeout: 15_000 })
const side = (page: Page) => page.locator('.journey-side')

test('steps are found by what they say and walked with the arrow keys', async () => {
  const { page } = desk
  await open(page, large)
  await page.keyboard.press('Control+f')
  await page.keyboard.type('第二次催付')
  await page.getByText('0/1').waitFor()
  await page.keyboard.press('Enter')
  await side(page).getByRole('heading', { name: '发送' }).waitFor()
  const found = page.locator('.flow-found')
  await eventually(() => found.count()).toBe(1)
  const board = await page.locator('.journey-canvas').boundingBox()
  await eventually(async () => {
    const at = await found.boundingBox()
    return at !== null && board !== null && at.y > board.y && at.y + at.height < board.y + board.height
  }).toBe(true)
  await page.keyboard.press('Escape')
  await page.locator('.react-flow__pane').click({ position: { x: 8, y: 8 } })
  await page.keyboard.press('ArrowDown')
  await side(page).getByText('settle', { exact: true }).waitFor()
  await page.keyboard.press('ArrowDown')
  await side(page).getByText('who', { exact: true }).waitFor()
  await page.keyboard.press('ArrowUp')
  await side(page).getByText('settle', { exact: true }).waitFor()
  await page.keyboard.press('Enter')
  await eventually(() => page.evaluate(() => document.activeElement?.closest('.journey-side') != null)).toBe(true)
})

test('several steps are copied into another journey, doubled, removed and brought back', async () => {
  const { page } = desk
  await open(page, large)
  await card(page, 'settle').click()
  await card(page, 'who').click({ modifiers: ['Shift'], position: { x: 60, y: 15 } })
  await side(page).getByRole('heading', { name: '已选 2 步' }).waitFor()
  await page.keyboard.press('Control+c')
  await page.getByText('已复制 2 步').waitFor()

  await open(page, small)
  await card(page, 'w').click()
  await page.keyboard.press('Control+v')
  await page.getByText('已粘贴 2 步').waitFor()
  const ways = async () =>
    Object.fromEntries(
      (await drafted(small)).nodes.map((node) => [
        node.id,
        nodeExits(node)
          .map(({ to }) => to)
          .join(),
      ]),
    )
  const pasted = { w: 'wait_1', wait_1: 'branch_1', branch_1: 'end,exit_1,exit_1,exit_1', end: '', exit_1: '' }
  await eventually(ways).toEqual(pasted)
  await page.keyboard.press('Control+d')
  await eventually(async () => (await ways()).branch_1).toBe('wait_2,exit_1,exit_1,exit_1')
  await page.keyboard.press('Delete')
  await eventually(ways).toEqual(pasted)
  await page.keyboard.press('Control+z')
  await eventually(async () => Object.keys(await ways()).length).toBe(7)
  await page.keyboard.press('Control+z')
  await page.keyboard.press('Control+z')
  await eventually(ways).toEqual({ w: 'end', end: '' })
})

test('a box takes in what lies in it, and a note keeps its writer', async () => {
  const { page } = desk
  const [from, to] = [await card(page, 'w').boundingBox(), await card(page, 'end').boundingBox()]
  if (from === null || to === null) throw new Error('the cards are not drawn')
  await page.keyboard.down('Shift')
  await page.mouse.move(from.x - 30, from.y - 8)
  await page.mouse.down()
  await page.mouse.move(to.x + to.width + 30, to.y + to.height + 10, { steps: 5 })
  await page.mouse.up()
  await page.keyboard.up('Shift')
  await side(page).getByRole('heading', { name: '已选 2 步' }).waitFor()

  await page.getByRole('button', { name: '便签' }).click()
  await side(page).getByLabel('写给同事的话').fill('五月换文案，先问兰兰')
  await eventually(async () => (await drafted(small)).notes).toMatchObject([{ text: '五月换文案，先问兰兰', by: 'Admin' }])
  await page.locator('.flow-note').getByText('五月换文案').waitFor()
})

test('what a colleague changed is taken over while one has changed nothing, and asked about while one has', async () => {
  const { page } = desk
  const rename = async (name: string) => {
    const { draft, draftRevision, description } = await app.call('journey', { params: { id: small } })
    const definition = { ...draft, nodes: draft.nodes.map((node) => (node.id === 'w' ? { ...node, name } : node)) }
    const body = { name: '短流程', description, definition, draftRevision }
    const answer = await other.page.request.put(`${app.url}/api/journeys/${small}/draft`, { data: body })
    expect(answer.status()).toBe(200)
  }
  await rename('兰兰改的')
  await page.getByText('兰兰 刚刚改了草稿，已换成最新的').waitFor()
  await card(page, 'w').getByText('兰兰改的').waitFor()

  // The colleague is faster by a breath.
  let isFirst = true
  await page.route('**/draft', async (route) => {
    if (isFirst) {
      isFirst = false
      await rename('兰兰又改')
    }
    await route.continue()
  })
  await card(page, 'w').click()
  await side(page).getByLabel('步骤名称').fill('我改的')
  await page.getByText('兰兰 也改了这份草稿').waitFor()
  await page.getByText('两份有 1 步不同').waitFor()
  expect((await drafted(small)).nodes[0]).toMatchObject({ name: '兰兰又改' })
  await page.getByRole('button', { name: '用对方的版本' }).click()
  await card(page, 'w').getByText('兰兰又改').waitFor()
  await page.keyboard.press('Escape')
  await page.locator('.react-flow__pane').click({ position: { x: 8, y: 8 } })
  await page.keyboard.press('Control+z')
  await eventually(async () => (await drafted(small)).nodes[0]?.name).toBe('我改的')
})

test('the same is said in English', async () => {
  const { page } = desk
  await page.getByRole('button', { name: 'English' }).click()
  await page.getByPlaceholder('Find steps Ctrl+F').waitFor()
  await page.getByRole('button', { name: 'Note', exact: true }).waitFor()
  await page.locator('.react-flow__pane').click({ position: { x: 8, y: 8 } })
  await page.keyboard.press('Control+a')
  await side(page).getByRole('heading', { name: '2 steps chosen' }).waitFor()
  // The browser notes the save that was refused.
  expect(desk.complaints.filter((complaint) => !/409/.test(complaint))).toEqual([])
})
