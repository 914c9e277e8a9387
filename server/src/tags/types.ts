import type { Rule, TagMode, TagValue, ValueModel } from '@chaoxi/contract'
import type { Tx } from '../platform/db/postgres.ts'
import type { DefinitionKind } from '../query/index.ts'
import type { Move } from './move.ts'

export type { DefinitionKind } from '../query/index.ts'

export type Layer = 'basic' | 'behaviour' | 'value' | 'preference' | 'scene'

/** A tag or a segment as it is stored. Instants are milliseconds. */
export interface StoredDefinition {
  readonly kind: DefinitionKind
  readonly key: string
  readonly name: string
  readonly description: string
  /** Tags only. */
  readonly layer: Layer | null
  readonly scene: string
  readonly mode: TagMode
  readonly rule: Rule | null
  /** Of a tag with values, in their order: a person has the first whose rule holds, or with `several` each. */
  readonly values: readonly TagValue[]
  /** What wrote the values, where they are not by hand. */
  readonly several: boolean
  readonly model: ValueModel | null
  readonly status: 'active' | 'archived'
  readonly owner: string
  readonly revision: number
  readonly createdAt: number
  readonly updatedAt: number
  /** Below `revision`: not yet computed for everyone. */
  readonly computedRevision: number
  readonly computedAt: number | null
  /** Whose days it was computed with; another than the workspace's: to be computed again. */
  readonly computedTimeZone: string | null
  readonly size: number
}

/**
 * Why a membership changed: an event or attribute came (`event`), a window closed (`time`), the definition is new or was
 * changed (`definition`), someone put the person in or out (`manual`), or the journey of that id did, two people became one (`merge`), what was stored was not
 * what the rule says (`repair`).
 */
export type ChangeReason = 'event' | 'time' | 'definition' | 'manual' | `journey:${string}` | 'merge' | 'repair'

/** Called in the transaction that writes the memberships: what it writes happens exactly when they do. */
export type ChangeListener = (tx: Tx, workspaceId: number, moves: readonly Move[]) => Promise<void>

export interface Usage {
  readonly kind: 'tag' | 'segment' | 'journey'
  readonly key: string
  readonly name: string
}

/** Of one person. */
export interface PersonMemberships {
  readonly tags: ReadonlySet<string>
  readonly segments: ReadonlySet<string>
}
