import {
  compareJourneys,
  type FieldChange,
  type JourneyFile,
  type JourneyNode,
  nodeChanges,
  noteChanges,
  type Problem,
  settingsChanges,
} from '@chaoxi/contract'

/** What is different, a line each: the journey's settings first, then step by step. Empty when nothing is. */
export function differences(before: JourneyFile, after: JourneyFile): string[] {
  const { added, removed, changed } = compareJourneys(after.definition, before.definition)
  const old = new Map(before.definition.nodes.map((node) => [node.id, node]))
  const facts = (['name', 'description'] as const).flatMap((path) =>
    before[path] === after[path] ? [] : [{ path, before: before[path], after: after[path] }],
  )
  return [
    ...[...facts, ...settingsChanges(before.definition, after.definition)].map((change) => `~ ${changeWords(change)}`),
    ...removed.map((node) => `- ${stepName(node)}`),
    ...added.flatMap((node) => [`+ ${stepName(node)}`, ...fieldsOf(node)]),
    ...changed.flatMap((node) => {
      const was = old.get(node.id)
      const changes = was === undefined ? [] : nodeChanges(was, node)
      return [`~ ${stepName(node)}`, ...changes.map((change) => `    ${changeWords(change)}`)]
    }),
    ...noteChanges(before.definition, after.definition).map((change) => `~ ${changeWords(change)}`),
  ]
}

const stepName = ({ id, kind, name }: JourneyNode): string => `${id} (${kind}${name === '' ? '' : ` "${name}"`})`

function fieldsOf({ id: _, kind: __, name: ___, place: ____, ...fields }: JourneyNode): string[] {
  return Object.entries(fields).map(([key, value]) => `    ${key}: ${valueWords(value)}`)
}

function changeWords({ path, before, after }: FieldChange): string {
  if (before === undefined) return `${path}: ${valueWords(after)} (new)`
  if (after === undefined) return `${path}: ${valueWords(before)} (gone)`
  return `${path}: ${valueWords(before)} → ${valueWords(after)}`
}

function valueWords(value: unknown): string {
  if (typeof value === 'object' && value !== null && 'amount' in value && 'unit' in value && Object.keys(value).length === 2)
    return `${value.amount} ${value.unit}${value.amount === 1 ? '' : 's'}`
  return JSON.stringify(value)
}

/** With the id of the step, which a place in a list does not tell. */
export function problemWords({ path, message }: Problem, { definition }: JourneyFile): string {
  const index = /^definition\.nodes\.(\d+)/.exec(path)?.[1]
  const id = index === undefined ? undefined : definition.nodes[Number(index)]?.id
  return `${path}${id === undefined ? '' : ` (step ${id})`}: ${message}`
}
