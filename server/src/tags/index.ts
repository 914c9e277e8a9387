export type { ChangeListener, ChangeReason, DefinitionKind, MembershipChange, PersonMemberships, StoredDefinition, Usage } from './types.ts'
