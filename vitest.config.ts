import { defineConfig } from 'vitest/config'
import { LongestFirst } from './server/test/harness/sequencer.ts'

export default defineConfig({
  test: {
    include: ['{contract,server,console,sdk,e2e,bench}/**/*.test.{ts,tsx}'],
    globalSetup: ['server/test/harness/global-setup.ts'],
    pool: 'forks',
    // Two cores: real databases in every file leave no room for more.
    maxWorkers: 2,
    sequence: { sequencer: LongestFirst },
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
})
