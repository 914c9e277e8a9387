import { durationMs } from '@chaoxi/contract'
import { iso } from '../details.ts'
import { answerHeard } from '../task.ts'
import { effectKeyOf, type Turn, type Turns } from '../turn.ts'

// A node at which a colleague has something to do.

export const taskTurns: Turns<'human_task'> = {
  human_task(node, { run, wait, facts, now, from }): Turn {
    const { title, instructions, who, priority, ways } = node
    const task = run.context.wait?.task
    const until = from + durationMs(node.due)
    if (task === undefined) {
      const outcomes = ways.map(({ id, name }) => ({ id, name }))
      const effectKey = effectKeyOf(run, node)
      const opened = { effectKey, nodeId: node.id, title, instructions, who, priority, outcomes, dueAt: until }
      return { kind: 'rest', until, known: { effectKey }, task: { kind: 'open', ...opened } }
    }
    if (!wait) return { kind: 'rest', until, task: { kind: 'reschedule', effectKey: task, dueAt: until } }
    const details = { since: iso(wait.since), until: iso(wait.until), effectKey: task }
    // Answered just before its time was over, and the news of it still on the way.
    const answer = wait.heard ? answerHeard(wait.heard) : facts.answered.get(task)
    const chosen = answer && ways.find(({ id }) => id === answer.outcome)
    if (answer && chosen) {
      const told = { outcome: chosen.name || chosen.id, note: answer.note, by: answer.by, answeredAt: iso(answer.at) }
      const keep = { variants: { ...run.context.variants, [node.id]: chosen.id } }
      return { kind: 'go', to: chosen.next, way: chosen.id, keep, outcome: 'passed', details: { ...details, ...told } }
    }
    if (now < wait.until) return { kind: 'rest', until: wait.until }
    return { kind: 'go', to: node.onTimeout, outcome: 'timed_out', details, task: { kind: 'overdue', effectKey: task } }
  },
}
