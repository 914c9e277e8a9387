import type { Ids } from '../platform/ids.ts'
import type { DefinitionKind } from './types.ts'

const keyLengthMax = 64

/** A key from an ASCII name (`Hot items!` → `hot_items`); any other name gets a code, for there is no one way to spell it. */
export function generatedKey(kind: DefinitionKind, name: string, ids: Ids): string {
  const spelled = /^[\x20-\x7e]+$/.test(name)
    ? name
        .toLowerCase()
        .replace(/[^a-z0-9]+/g, '_')
        .replace(/^_+|_+$/g, '')
    : ''
  return spelled === '' ? `${kind}_${ids.code(8).toLowerCase()}` : spelled.slice(0, keyLengthMax).replace(/_+$/, '')
}
