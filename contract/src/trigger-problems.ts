import type { Problem } from './errors.ts'
import { itemProblems } from './journey-item.ts'
import { replyProblems } from './journey-reply.ts'
import { durationMs } from './journey-terms.ts'
import { absenceDaysMax, type Trigger } from './journey-trigger.ts'

const dayMs = 86_400_000

/** What is wrong within a trigger, whatever it leads to. */
export function triggerProblems(trigger: Trigger): Problem[] {
  switch (trigger.kind) {
    case 'event_absence':
      if (durationMs(trigger.within) <= absenceDaysMax * dayMs) return []
      return [{ path: 'trigger.within', message: `nobody is waited for longer than ${absenceDaysMax} days; make the time shorter` }]
    case 'schedule':
      return scheduleProblems(trigger)
    case 'inbound_message':
      return replyProblems(trigger)
    case 'item_change':
      return itemProblems(trigger)
    default:
      return []
  }
}

function scheduleProblems({ repeat, from, to }: Extract<Trigger, { kind: 'schedule' }>): Problem[] {
  const problems: Problem[] = []
  if (from !== undefined && to !== undefined && to < from)
    problems.push({ path: 'trigger.to', message: `it ends before it begins on ${from}` })
  if (repeat.kind === 'weekly' && repeat.weeks > 1 && from === undefined)
    problems.push({ path: 'trigger.from', message: `say from which day every ${repeat.weeks} weeks are counted` })
  if (repeat.kind === 'once' && ((from ?? repeat.date) > repeat.date || (to ?? repeat.date) < repeat.date))
    problems.push({ path: 'trigger.repeat.date', message: 'the day lies outside from and to; choose one within, or leave these out' })
  return problems
}
