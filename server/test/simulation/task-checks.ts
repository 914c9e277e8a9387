import { expect } from 'vitest'
import { arrivals, type DefinitionOf } from './journey-checks.ts'
import type { Outcome } from './journey-outcome.ts'

/** One task for each visit, closed once, and just as the run left it: nobody's answer is lost, and nobody is asked for nothing. */
export function checkTasks(outcome: Outcome, definitionOf: DefinitionOf): void {
  const lines = new Map(outcome.steps.map((step) => [`${step.run_id} ${step.seq}`, step]))
  const visits = arrivals(outcome, definitionOf, 'human_task')
    .map(({ step }) => ({ step, gone: lines.get(`${step.run_id} ${step.seq + 1}`) }))
    // Where a condition to leave holds on arrival, nobody is asked.
    .filter(({ step, gone }) => gone?.outcome !== 'left' || gone.at > step.at || gone.details.result?.startsWith('exit_rule.n') !== true)
  expect(outcome.tasks.map((task) => task.effect_key)).toEqual(visits.map(({ step }) => step.details.effectKey ?? '').sort())
  const tasks = new Map(outcome.tasks.map((task) => [task.effect_key, task]))
  const people = new Map(outcome.runs.map((run) => [run.id, run.person_id]))
  for (const { step, gone } of visits) {
    const task = tasks.get(step.details.effectKey ?? '')
    const found = `${task?.effect_key} is ${task?.state} after ${gone?.outcome}`
    expect(task?.told, found).toBe(1)
    expect(task?.person_id, found).toBe(people.get(step.run_id))
    if (gone?.outcome === 'passed') expect([task?.state, task?.outcome], found).toEqual(['done', gone.details.way])
    else if (gone?.outcome === 'timed_out') expect(task?.state, found).toBe('overdue')
    // Whoever left may have been answered for just before, and the news not been read yet; whoever was moved may stand at it still.
    else if (gone?.outcome !== 'moved') expect(['withdrawn', 'done'], found).toContain(task?.state)
  }
}
