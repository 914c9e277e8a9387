import { createLogger, type Logger } from '../../src/platform/log.ts'

/** Silent unless CHAOXI_TEST_LOG names a level. */
export const createLog = (): Logger => createLogger(process.env.CHAOXI_TEST_LOG ?? 'silent')
