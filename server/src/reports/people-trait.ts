import { AppError, type PeopleFilter } from '@chaoxi/contract'
import type { AttributeFilter } from './people-store.ts'

type Filter = Pick<PeopleFilter, 'attribute' | 'value' | 'prefix' | 'min' | 'max'>

function scalarOf(text: string): string | number | boolean {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value
  } catch {
    // Said below.
  }
  throw new AppError('invalid_request', 'The value cannot be read', [
    { path: 'query.value', message: 'write it as JSON: "text", 12 or true' },
  ])
}

/** What the list's address says of an attribute of the people. */
export function traitOf({ attribute, value, prefix, min, max }: Filter): AttributeFilter | null {
  if (attribute === undefined && [value, prefix, min, max].some((one) => one !== undefined))
    throw new AppError('invalid_request', 'Of which attribute?', [
      { path: 'query.attribute', message: 'is needed with value, prefix, min and max' },
    ])
  return attribute === undefined ? null : { name: attribute, value: value === undefined ? undefined : scalarOf(value), prefix, min, max }
}
