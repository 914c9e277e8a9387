import type { Handlers } from '../platform/http/api.ts'
import type { Tasks } from './tasks.ts'

export function taskRoutes(tasks: Tasks): Handlers {
  return {
    tasks: (caller, { query }) => tasks.list(caller, query),
    taskCounts: (caller) => tasks.counts(caller),
    task: (caller, { params }) => tasks.detail(caller, params.id),
    taskTake: (caller, { body }) => tasks.take(caller, body.ids),
    taskPutBack: (caller, { params }) => tasks.putBack(caller, params.id),
    taskHand: (caller, { params, body }) => tasks.hand(caller, params.id, body),
    taskComment: (caller, { params, body }) => tasks.comment(caller, params.id, body.text),
    taskAnswer: (caller, { params, body }) => tasks.answer(caller, params.id, body),
  }
}
