// npm run bench -- NAME: runs bench/NAME.ts, whose last line is its result as JSON.
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { ensure, fail, root, runToEnd } from './ensure.mjs'

const names = readdirSync(join(root, 'bench'))
  .filter((name) => /^[a-z-]+\.ts$/.test(name))
  .map((name) => name.slice(0, -3))
const [name, ...args] = process.argv.slice(2)
if (!name || !names.includes(name)) fail(`Which benchmark? npm run bench -- ${names.join('|')}`)
runToEnd(ensure(), [`bench/${name}.ts`, ...args])
