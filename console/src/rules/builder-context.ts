import type { Rule } from '@chaoxi/contract'
import { createContext, use } from 'react'
import type { RulePath } from './rule-editing.ts'
import type { RuleEdit } from './rule-edits.ts'
import type { RuleProblem } from './rule-problems.ts'

/** What every node of the tree needs of the builder that it stands in. */
export interface Builder {
  readonly root: Rule
  readonly problems: readonly RuleProblem[]
  readonly edit: (edit: RuleEdit) => void
  readonly copy: (path: RulePath) => Promise<void>
  readonly paste: (path: RulePath) => Promise<void>
  /** What is being dragged. */
  readonly dragged: RulePath | null
  readonly drag: (path: RulePath | null) => void
  /** Of a long rule the condition whose fields are shown, the others being lines; `all` where every one shows its fields. */
  readonly opened: RulePath | 'all' | null
  readonly open: (path: RulePath | null) => void
}

export const BuilderContext = createContext<Builder | null>(null)

export function useBuilder(): Builder {
  const builder = use(BuilderContext)
  if (builder === null) throw new Error('a condition stands outside of a builder')
  return builder
}

/** How a node is found in the page again, when the focus follows it. */
export const pathName = (path: RulePath): string => path.join('.')
export const pathNamed = (name: string): RulePath => (name === '' ? [] : name.split('.').map(Number))

export const samePath = (one: RulePath, other: RulePath): boolean =>
  one.length === other.length && one.every((step, index) => step === other[index])
