import { endpoints } from '@chaoxi/contract'
import type { Plugin } from 'vite'

const name = 'virtual:endpoint-table'

/**
 * The browser needs no more of the contract's table than each endpoint's method and path; its schemas, and the whole
 * of zod, stay out of the first load.
 */
export function endpointTable(): Plugin {
  const table = Object.fromEntries(Object.entries(endpoints).map(([key, { method, path }]) => [key, { method, path }]))
  return {
    name: 'endpoint-table',
    resolveId: (id) => (id === name ? `\0${name}` : null),
    load: (id) => (id === `\0${name}` ? `export default ${JSON.stringify(table)}` : null),
  }
}
