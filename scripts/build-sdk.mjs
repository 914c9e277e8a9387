// The SDK as one script for a page.
import { build } from 'esbuild'

await build({
  entryPoints: ['sdk/src/browser.ts'],
  outfile: 'sdk/dist/chaoxi.js',
  bundle: true,
  minify: true,
  format: 'iife',
  // Shops' customers have old phones.
  target: 'es2018',
  logLevel: 'warning',
})
