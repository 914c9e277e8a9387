import { type Problem, replyEvent, type Trigger } from '@chaoxi/contract'
import type { HeardKind } from '../core/run.ts'
import type { DeskDeps } from '../deps.ts'

/** What the trigger mentions that is not there. */
export async function triggerProblems(
  lookups: Pick<DeskDeps, 'ruleProblems' | 'activeDefinitions'>,
  workspaceId: number,
  trigger: Trigger,
): Promise<Problem[]> {
  switch (trigger.kind) {
    case 'event':
    case 'event_absence':
    case 'inbound_message':
    case 'date':
    case 'item_change':
    case 'call':
      return []
    case 'schedule':
      return trigger.audience.kind === 'segment'
        ? segmentProblems(lookups, workspaceId, trigger.audience.segment, 'trigger.audience.segment')
        : []
    case 'segment_entry':
    case 'segment_exit':
      return segmentProblems(lookups, workspaceId, trigger.segment, 'trigger.segment')
    case 'tag_entry':
    case 'tag_exit': {
      const { tag, value } = trigger
      const problems = await lookups.ruleProblems(workspaceId, { kind: 'tag', tag, ...(value === undefined ? {} : { values: [value] }) })
      return problems.map(({ path, message }) => ({ path: path.startsWith('values') ? 'trigger.value' : 'trigger.tag', message }))
    }
  }
}

async function segmentProblems(
  { activeDefinitions }: Pick<DeskDeps, 'activeDefinitions'>,
  workspaceId: number,
  segment: string,
  path: string,
): Promise<Problem[]> {
  if ((await activeDefinitions(workspaceId, 'segment', [segment])).has(segment)) return []
  return [{ path, message: `there is no segment "${segment}"; create it, or choose another` }]
}

/** What the intake and the tags must tell for the trigger. */
export function triggerListens(trigger: Trigger): { kind: HeardKind; name: string }[] {
  switch (trigger.kind) {
    case 'event':
      return [{ kind: 'event', name: trigger.event }]
    case 'inbound_message':
      return [{ kind: 'event', name: replyEvent }]
    case 'event_absence':
      return [trigger, ...trigger.none].map(({ event }) => ({ kind: 'event', name: event }))
    case 'segment_entry':
    case 'segment_exit':
      return [{ kind: trigger.kind, name: trigger.segment }]
    case 'tag_entry':
    case 'tag_exit':
      return [{ kind: trigger.kind, name: trigger.tag }]
    case 'schedule':
    case 'date':
    case 'item_change':
    case 'call':
      return []
  }
}

export function triggerMentions(trigger: Trigger, what: 'tag' | 'segment', key: string, value: string | undefined): boolean {
  switch (trigger.kind) {
    case 'event':
    case 'event_absence':
    case 'inbound_message':
    case 'date':
    case 'item_change':
    case 'call':
      return false
    case 'schedule':
      return what === 'segment' && trigger.audience.kind === 'segment' && trigger.audience.segment === key
    case 'segment_entry':
    case 'segment_exit':
      return what === 'segment' && trigger.segment === key
    case 'tag_entry':
    case 'tag_exit':
      return what === 'tag' && trigger.tag === key && (value === undefined || trigger.value === value)
  }
}
