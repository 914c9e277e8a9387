import type { JourneyDefinition } from '@chaoxi/contract'
import { type GraphAction, graphReducer } from './graph.ts'

/** What is edited and saved together. */
export interface Draft {
  readonly name: string
  readonly description: string
  readonly definition: JourneyDefinition
}

export type DraftAction = GraphAction | { readonly type: 'facts'; readonly patch: Partial<Pick<Draft, 'name' | 'description'>> }

export function draftReducer(draft: Draft, action: DraftAction): Draft {
  if (action.type === 'facts') return { ...draft, ...action.patch }
  const definition = graphReducer(draft.definition, action)
  return definition === draft.definition ? draft : { ...draft, definition }
}
