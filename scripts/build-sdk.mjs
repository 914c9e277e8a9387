// The SDK as one script for a page: node scripts/build-sdk.mjs [OUTFILE]
import { build } from 'esbuild'

await build({
  entryPoints: ['sdk/src/browser.ts'],
  outfile: process.argv[2] ?? 'sdk/dist/chaoxi.js',
  bundle: true,
  minify: true,
  format: 'iife',
  target: 'es2020',
  logLevel: 'warning',
})
