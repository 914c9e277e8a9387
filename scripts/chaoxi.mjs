// npm run chaoxi -- COMMAND: the command line.
import { ensure, runToEnd } from './ensure.mjs'

runToEnd(ensure(), ['server/src/cli/main.ts', ...process.argv.slice(2)])
