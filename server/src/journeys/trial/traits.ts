import { exitsAt, type JourneyDefinition, type Rule, type TrialTrait } from '@chaoxi/contract'
import type { Addressee } from '../rehearsal/post.ts'

// What a journey tells people apart by.

/** A rule, and what somebody has of whom it holds or does not. */
interface AskedTrait {
  readonly rule: Rule
  readonly trait: Omit<TrialTrait, 'is'>
}

/** Of a branch: the way of the first rule that holds. */
interface AskedWays {
  readonly of: string
  readonly ways: readonly { readonly id: string; readonly rule: Rule }[]
}

export interface TraitQuestions {
  readonly rules: readonly AskedTrait[]
  readonly branches: readonly AskedWays[]
  readonly tags: readonly { readonly tag: string; readonly value: string; readonly rule: Rule }[]
  /** Attributes that are waited for or are what people come in by. */
  readonly attributes: readonly string[]
  readonly entry: Rule | null
  readonly channels: ReadonlySet<string>
}

function tagsIn(rule: Rule, into: Set<string>): void {
  if (rule.kind === 'tag') into.add(rule.tag)
  if (rule.kind === 'not') tagsIn(rule.rule, into)
  if (rule.kind === 'all' || rule.kind === 'any') for (const one of rule.rules) tagsIn(one, into)
}

/** `valuesOf`: of a tag with values all of them. */
export function traitQuestions(definition: JourneyDefinition, valuesOf: (tag: string) => readonly string[]): TraitQuestions {
  const { nodes, exits, trigger, entryRule } = definition
  const rules: AskedTrait[] = []
  const branches: AskedWays[] = []
  const attributes = new Set<string>(trigger.kind === 'date' ? [trigger.attribute] : [])
  for (const [i, exit] of exits.entries()) if (exit.kind === 'rule') rules.push({ rule: exit.rule, trait: { kind: 'exit', of: String(i) } })
  for (const node of nodes) {
    if (node.kind === 'condition' || node.kind === 'wait_rule' || node.kind === 'repeat_check')
      rules.push({ rule: node.rule, trait: { kind: 'rule', of: node.id } })
    if (node.kind === 'branch') branches.push({ of: node.id, ways: node.ways })
    if (node.kind === 'wait_until' && node.until.kind === 'date') attributes.add(node.until.attribute)
    for (const [i, exit] of exitsAt(node).entries())
      if (exit.kind === 'rule') rules.push({ rule: exit.rule, trait: { kind: 'exit', of: `${node.id}.${i}` } })
  }
  const named = new Set<string>(trigger.kind === 'tag_entry' || trigger.kind === 'tag_exit' ? [trigger.tag] : [])
  for (const { rule } of rules) tagsIn(rule, named)
  for (const { ways } of branches) for (const { rule } of ways) tagsIn(rule, named)
  if (entryRule) tagsIn(entryRule, named)
  const tags = [...named].flatMap((tag) =>
    valuesOf(tag).map((value) => {
      const rule: Rule = { kind: 'tag', tag, values: [value] }
      return { tag, value, rule }
    }),
  )
  const channels = new Set<string>(
    nodes.flatMap((node) => (node.kind === 'send' ? [node.channel, ...(node.attempts ?? []).map((one) => one.channel)] : [])),
  )
  return {
    rules,
    branches,
    tags,
    attributes: [...attributes],
    entry: entryRule ?? null,
    channels,
  }
}

export const rulesOf = ({ rules, branches, tags, entry }: TraitQuestions): Rule[] => [
  ...rules.map(({ rule }) => rule),
  ...branches.flatMap(({ ways }) => ways.map(({ rule }) => rule)),
  ...tags.map(({ rule }) => rule),
  ...(entry === null ? [] : [entry]),
]

export interface TraitFacts {
  holds(rule: Rule): boolean
  readonly addressee: Addressee | undefined
  readonly attributes: Readonly<Record<string, unknown>>
  /** Whether the person has an event of their own that would bring them in; null: nobody could have. */
  readonly own: boolean | null
}

const said = (holds: boolean) => (holds ? 'yes' : 'no')

/** Somebody whom the entry rule keeps out sees nothing else of the journey. */
export function traitsOf(questions: TraitQuestions, { holds, addressee, attributes, own }: TraitFacts): TrialTrait[] {
  const { entry, channels } = questions
  if (entry !== null && !holds(entry)) return [{ kind: 'entry', of: '', is: 'no' }]
  const latest = (channel: string) => addressee?.consents.findLast((one) => one.channel === channel)
  const consentOf = (channel: string) => {
    const statement = latest(channel)
    return statement === undefined ? 'none' : statement.granted ? 'granted' : 'withdrawn'
  }
  return [
    ...(entry === null ? [] : [{ kind: 'entry', of: '', is: 'yes' } as const]),
    ...questions.rules.map(({ rule, trait }) => ({ ...trait, is: said(holds(rule)) })),
    ...questions.branches.map(({ of, ways }) => ({
      kind: 'way' as const,
      of,
      is: ways.find(({ rule }) => holds(rule))?.id ?? 'otherwise',
    })),
    ...questions.tags.flatMap(({ tag, value, rule }) => (holds(rule) ? [{ kind: 'tag' as const, of: tag, is: value }] : [])),
    ...questions.attributes.map((name) => ({ kind: 'attribute' as const, of: name, is: said(attributes[name] !== undefined) })),
    ...[...channels].map((channel) => ({ kind: 'consent' as const, of: channel, is: consentOf(channel) })),
    ...(channels.has('sms') ? [{ kind: 'address' as const, of: 'sms', is: said((addressee?.address ?? null) !== null) }] : []),
    ...(channels.has('sms') ? [{ kind: 'suppressed' as const, of: 'sms', is: said((addressee?.suppression ?? null) !== null) }] : []),
    ...(own === null ? [] : [{ kind: 'trigger' as const, of: '', is: said(own) }]),
  ]
}

/** Traits that could be had, of which the journey tells both sides. */
export function wantedTraits(questions: TraitQuestions): TrialTrait[] {
  const both = (trait: Omit<TrialTrait, 'is'>): TrialTrait[] => [
    { ...trait, is: 'yes' },
    { ...trait, is: 'no' },
  ]
  return [
    ...(questions.entry === null ? [] : both({ kind: 'entry', of: '' })),
    ...questions.rules.flatMap(({ trait }) => both(trait)),
    ...questions.branches.flatMap(({ of, ways }) =>
      [...ways.map(({ id }) => id), 'otherwise'].map((is) => ({ kind: 'way' as const, of, is })),
    ),
    ...questions.tags.map(({ tag, value }) => ({ kind: 'tag' as const, of: tag, is: value })),
    ...questions.attributes.flatMap((of) => both({ kind: 'attribute', of })),
    ...[...questions.channels].flatMap((of) => ['granted', 'withdrawn', 'none'].map((is) => ({ kind: 'consent' as const, of, is }))),
    ...(questions.channels.has('sms') ? both({ kind: 'address', of: 'sms' }) : []),
  ]
}
