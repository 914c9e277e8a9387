import type { Problem, Trigger } from '@chaoxi/contract'
import type { DeskDeps } from './deps.ts'
import type { HeardKind } from './run.ts'

/** What the trigger mentions that is not there. */
export async function triggerProblems(
  lookups: Pick<DeskDeps, 'ruleProblems' | 'activeDefinitions'>,
  workspaceId: number,
  trigger: Trigger,
): Promise<Problem[]> {
  switch (trigger.kind) {
    case 'event':
      return []
    case 'segment_entry':
    case 'segment_exit': {
      const found = await lookups.activeDefinitions(workspaceId, 'segment', [trigger.segment])
      if (found.has(trigger.segment)) return []
      return [{ path: 'trigger.segment', message: `there is no segment "${trigger.segment}"; create it, or choose another` }]
    }
    case 'tag_entry':
    case 'tag_exit': {
      const { tag, value } = trigger
      const problems = await lookups.ruleProblems(workspaceId, { kind: 'tag', tag, ...(value === undefined ? {} : { values: [value] }) })
      return problems.map(({ path, message }) => ({ path: path.startsWith('values') ? 'trigger.value' : 'trigger.tag', message }))
    }
  }
}

/** What the intake and the tags must tell for the trigger. */
export function triggerListens(trigger: Trigger): { kind: HeardKind; name: string }[] {
  switch (trigger.kind) {
    case 'event':
      return [{ kind: 'event', name: trigger.event }]
    case 'segment_entry':
    case 'segment_exit':
      return [{ kind: trigger.kind, name: trigger.segment }]
    case 'tag_entry':
    case 'tag_exit':
      return [{ kind: trigger.kind, name: trigger.tag }]
  }
}

export function triggerMentions(trigger: Trigger, what: 'tag' | 'segment', key: string, value: string | undefined): boolean {
  switch (trigger.kind) {
    case 'event':
      return false
    case 'segment_entry':
    case 'segment_exit':
      return what === 'segment' && trigger.segment === key
    case 'tag_entry':
    case 'tag_exit':
      return what === 'tag' && trigger.tag === key && (value === undefined || trigger.value === value)
  }
}
