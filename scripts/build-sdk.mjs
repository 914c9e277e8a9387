// The SDK as one script for a page, and as a module for a bundler.
import { build } from 'esbuild'

const common = { entryPoints: ['sdk/src/index.ts'], bundle: true, minify: true, target: 'es2018', logLevel: 'warning' }
await build({ ...common, entryPoints: ['sdk/src/browser.ts'], format: 'iife', outfile: 'sdk/dist/chaoxi.js' })
