/** `segment:vip`: a tag or segment as addresses and the API write it. */
export interface DefinitionRef {
  readonly kind: 'tag' | 'segment'
  readonly key: string
}

export function refOf(text: string): DefinitionRef | null {
  const [, kind, key] = /^(tag|segment):([a-z0-9][a-z0-9_-]{0,63})$/.exec(text) ?? []
  if (key === undefined) return null
  return { kind: kind === 'tag' ? 'tag' : 'segment', key }
}

export const textOfRef = ({ kind, key }: DefinitionRef) => `${kind}:${key}`

/** The definitions of a list in the address, each once. */
export const refsOf = (text: string): DefinitionRef[] => [...new Set(text.split(','))].flatMap((one) => refOf(one) ?? [])
