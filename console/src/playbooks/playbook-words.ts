import type { Catalogue, PlaybookSummary } from '@chaoxi/contract'
import type { Language } from '../i18n/language.ts'

/** What an operator reads of a playbook, in the language of the console where the file has it. */
export function wordsOf(playbook: PlaybookSummary, language: Language) {
  const { name, description, audience, effect, setup, en } = playbook
  return language === 'en' && en !== undefined ? en : { name, description, audience, effect, setup }
}

/** Whether the typed words are all found somewhere in what is told of it, in either language. */
export function isFound(playbook: PlaybookSummary, typed: string): boolean {
  const { key, name, description, audience, en } = playbook
  const told = [key, name, description, audience, en?.name, en?.description, en?.audience].join(' ').toLowerCase()
  return typed
    .toLowerCase()
    .split(/\s+/)
    .every((word) => told.includes(word))
}

export interface NeededEvent {
  readonly name: string
  readonly starts: boolean
  /** How many have come in; null while nobody knows. */
  readonly count: number | null
}

export function neededEvents({ events }: PlaybookSummary, catalogue: Catalogue | undefined): NeededEvent[] {
  const seen = new Map(catalogue?.events.map(({ name, count }) => [name, count]))
  return events.map(({ name, starts }) => ({ name, starts, count: catalogue === undefined ? null : (seen.get(name) ?? 0) }))
}

export interface NeededAttribute {
  readonly name: string
  /** Null while nobody knows. */
  readonly isKnown: boolean | null
}

export function neededAttributes({ attributes }: PlaybookSummary, catalogue: Catalogue | undefined): NeededAttribute[] {
  const known = new Set(catalogue?.attributes.map(({ name }) => name))
  return attributes.map((name) => ({ name, isKnown: catalogue === undefined ? null : known.has(name) }))
}

/** What all of the names begin with: by that they are found in a list. */
export function commonBeginning(names: readonly string[]): string {
  const [first = '', ...others] = names
  let length = first.length
  for (const other of others) while (!other.startsWith(first.slice(0, length))) length--
  return first.slice(0, length)
}
