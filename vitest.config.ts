import { defineConfig } from 'vitest/config'
import { LongestFirst } from './server/test/harness/sequencer.ts'

export default defineConfig({
  test: {
    include: ['{contract,server,console,sdk,e2e,bench}/**/*.test.{ts,tsx}'],
    globalSetup: ['server/test/harness/global-setup.ts'],
    pool: 'forks',
    // On two cores: a file waits for its databases or its browser a third of the time.
    maxWorkers: 3,
    sequence: { sequencer: LongestFirst },
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
})
