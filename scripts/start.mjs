// npm start: everything on one port. Arguments are passed to the server.
import { buildStale } from './build.mjs'
import { ensure, runToEnd } from './ensure.mjs'

const node = ensure()
buildStale(node)
runToEnd(node, ['server/src/main.ts', ...process.argv.slice(2)])
