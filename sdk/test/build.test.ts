import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, test } from 'vitest'

const root = join(import.meta.dirname, '../..')
/** What a shop's page can be asked to load besides its own scripts. */
const gzippedBytesMax = 8 * 1024

let folder: string
let script: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'chaoxi-sdk-'))
  const outfile = join(folder, 'chaoxi.js')
  execFileSync(process.execPath, ['scripts/build-sdk.mjs', outfile], { cwd: root })
  script = readFileSync(outfile, 'utf8')
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('the script is at most 8 KB gzipped', () => {
  expect(gzipSync(script, { level: 9 }).length).toBeLessThanOrEqual(gzippedBytesMax)
})

test('it is one classic script without anything to load', () => {
  expect(script).not.toMatch(/\b(import|export|require)\b\s*[({'"]/)
})

test('it writes texts as text, never as markup', () => {
  expect(script).not.toMatch(/innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(/)
})

test('the package depends on nothing', () => {
  const manifest: Record<string, unknown> = JSON.parse(readFileSync(join(root, 'sdk/package.json'), 'utf8'))
  expect(manifest.dependencies).toBeUndefined()
})
