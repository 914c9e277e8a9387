// npm test: every test. Arguments are passed to vitest (npm test -- server/src/tags).
import { buildStale } from './build.mjs'
import { ensure, runToEnd } from './ensure.mjs'

const node = ensure()
// The browser test opens the built console and loads the built SDK.
buildStale(node)
runToEnd(node, ['node_modules/vitest/vitest.mjs', 'run', ...process.argv.slice(2)])
