import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createSeal, openSeal } from './seal.ts'

test('what was sealed is opened with its own key only, and not once it was changed', () => {
  const seal = createSeal('one')
  const sealed = seal.seal('geheim 密')
  expect(sealed).not.toContain('geheim')
  expect(seal.seal('geheim 密')).not.toBe(sealed)
  expect(seal.open(sealed)).toBe('geheim 密')
  expect(createSeal('two').open(sealed)).toBeNull()
  expect(seal.open(`${sealed.startsWith('A') ? 'B' : 'A'}${sealed.slice(1)}`)).toBeNull()
  expect(seal.open('')).toBeNull()
})

test('the key is made once and kept for its owner alone; one that is set goes before it', () => {
  const folder = mkdtempSync(join(tmpdir(), 'chaoxi-seal-'))
  const sealed = openSeal(folder, null).seal('text')
  expect(openSeal(folder, null).open(sealed)).toBe('text')
  expect(statSync(join(folder, 'seal.key')).mode & 0o077).toBe(0)
  expect(openSeal(folder, 'a key of their own').open(sealed)).toBeNull()
  rmSync(folder, { recursive: true })
})
