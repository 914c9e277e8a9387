import { AppError, type Input } from '@chaoxi/contract'
import type { Sql } from '../platform/db/postgres.ts'
import { type AttributeFilter, peopleOfDefinition } from './people-store.ts'

type Filter = Input<'people'>['query']

/** `segment:a,tag:b` */
function setsOf(workspaceId: number, names: string | undefined): Sql[] {
  if (names === undefined) return []
  return names.split(',').map((name) => {
    const [kind, key = ''] = name.split(':')
    return peopleOfDefinition(workspaceId, kind === 'tag' ? 'tag' : 'segment', key)
  })
}

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

/** What the list's address says of tags, segments and an attribute of the people. */
export function traitOf(
  workspaceId: number,
  { in: inside, notIn, attribute, value, prefix, min, max }: Filter,
): { within: Sql[]; without: Sql[]; attribute: AttributeFilter | null } {
  if (attribute === undefined && [value, prefix, min, max].some((one) => one !== undefined))
    throw new AppError('invalid_request', 'Of which attribute?', [
      { path: 'query.attribute', message: 'is needed with value, prefix, min and max' },
    ])
  return {
    within: setsOf(workspaceId, inside),
    without: setsOf(workspaceId, notIn),
    attribute:
      attribute === undefined ? null : { name: attribute, value: value === undefined ? undefined : scalarOf(value), prefix, min, max },
  }
}
