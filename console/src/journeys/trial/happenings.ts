import { exitsAt, type JourneyDefinition, type JourneyNode, sampleProperties, type TrialHappening } from '@chaoxi/contract'

type Json = Extract<TrialHappening, { kind: 'event' }>['properties']

const jsonOf = (value: Record<string, unknown>): Json => JSON.parse(JSON.stringify(value))

/** What can be made to happen to whoever stands at the step: what it waits for, and what makes people leave. */
export function happeningsAt(definition: JourneyDefinition, node: JourneyNode): TrialHappening[] {
  const found: TrialHappening[] = []
  const event = (match: { event: string; filters: Parameters<typeof sampleProperties>[0]['filters'] }) => {
    if (!found.some((one) => one.kind === 'event' && one.event === match.event))
      found.push({ kind: 'event', event: match.event, properties: jsonOf(sampleProperties(match)) })
  }
  if (node.kind === 'wait_event') event(node.match)
  if (node.kind === 'wait_rule' || node.kind === 'repeat_check') found.push({ kind: 'rule', holds: true })
  if (node.kind === 'human_task') for (const { id } of node.ways) found.push({ kind: 'answer', outcome: id })
  for (const exit of [...exitsAt(node), ...definition.exits]) if (exit.kind === 'event') event(exit)
  return found
}

/** What can be made to become of the person's messages that the journey asks about. */
export function messageHappenings(nodeId: string): TrialHappening[] {
  return (['clicked', 'replied', 'failed'] as const).map((became) => ({ kind: 'message', node: nodeId, became }))
}
