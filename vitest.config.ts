import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['{contract,server,console,sdk,e2e,bench}/**/*.test.{ts,tsx}'],
    globalSetup: ['server/test/harness/global-setup.ts'],
    pool: 'forks',
    // Two cores: real databases in every file leave no room for more.
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
})
