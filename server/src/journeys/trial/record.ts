import type { TrialMessage, TrialStory } from '@chaoxi/contract'
import type { TrialText } from '../../delivery/index.ts'
import type { Refusal } from '../core/entering.ts'
import { isOver, type MessageEffect, type Move, type Run } from '../core/run.ts'
import type { Actor } from '../rehearsal/actor.ts'
import type { Posted } from '../rehearsal/post.ts'

/** What a message says, and what the provider would be told to send it. */
export interface Letter {
  readonly personId: number
  readonly effect: MessageEffect
  readonly text: TrialText
}

type Steps = TrialStory['steps']

interface Told {
  refused: Refusal | null
  result: string | null
  readonly steps: Steps
  readonly deeds: TrialStory['deeds']
  readonly messages: Map<string, TrialMessage>
  readonly effects: Map<string, MessageEffect>
}

export interface Recording {
  entered(actor: Actor, run: Run, at: number): void
  refused(reason: Refusal, at: number, actor: Actor): void
  moved(actor: Actor, move: Move, at: number): void
  posted(posted: Posted): void
  hasLeft(run: Run): boolean
  of(personId: number): Told | undefined
  /** The newest message that the node sent to the person. */
  messageOf(personId: number, nodeId: string): MessageEffect | null
  /** By node and way: who took it. */
  readonly taken: ReadonlyMap<string, ReadonlySet<number>>
  /** Messages that went, in order. */
  readonly letters: readonly Letter[]
}

const iso = (at: number) => new Date(at).toISOString()

/** An empty way: came there. */
export const takenKey = (nodeId: string, way: string): string => `${nodeId} ${way}`

const contentOf = (text: TrialText): TrialMessage['content'] => {
  if (text.kind === 'drop') return null
  if (text.kind === 'popup') return { kind: 'popup', popup: text.popup }
  return { kind: 'sms', text: text.text, segments: text.segments, costFen: text.costFen }
}

/** Writes down what happens to people, for the report. */
export function createRecording(
  write: (run: Run, effect: MessageEffect) => TrialText,
  moved: (actor: Actor, move: Move) => void,
): Recording {
  const people = new Map<number, Told>()
  const left = new Set<string>()
  const letters: Letter[] = []
  const taken = new Map<string, Set<number>>()
  function took(personId: number, nodeId: string, way: string): void {
    const key = takenKey(nodeId, way)
    taken.set(key, (taken.get(key) ?? new Set()).add(personId))
  }
  function toldOf(personId: number): Told {
    const told = people.get(personId) ?? { refused: null, result: null, steps: [], deeds: [], messages: new Map(), effects: new Map() }
    people.set(personId, told)
    return told
  }
  return {
    letters,
    taken,
    of: (personId) => people.get(personId),
    messageOf: (personId, nodeId) => [...(people.get(personId)?.effects.values() ?? [])].findLast((one) => one.nodeId === nodeId) ?? null,
    hasLeft: (run) => left.has(run.id),
    entered() {},
    refused(reason, _at, actor) {
      toldOf(actor.id).refused ??= reason
    },
    moved(actor, move, at) {
      const { run, steps, effects, deed } = move
      const told = toldOf(actor.id)
      for (const { nodeId, at: when, outcome, details, way } of steps) {
        told.steps.push({ nodeId, at: iso(when), outcome, details: { ...details } })
        took(actor.id, nodeId, '')
        if (outcome === 'timed_out') took(actor.id, nodeId, way ?? 'onTimeout')
        else if (outcome === 'passed') took(actor.id, nodeId, way ?? 'next')
      }
      const answer = run.context.wait?.answer
      if (deed !== undefined && answer !== undefined) {
        const { effectKey: _key, kind, ...what } = deed
        const came = answer.ok ? { done: true } : { done: false, reason: answer.reason }
        told.deeds.push({ at: iso(at), nodeId: run.nodeId, kind, what: { ...what, ...came } })
      }
      for (const task of move.tasks ?? [])
        if (task.kind === 'open') {
          const { title, who, dueAt, nodeId } = task
          told.deeds.push({ at: iso(at), nodeId, kind: 'task', what: { title, who, dueAt: iso(dueAt) } })
        }
      for (const effect of effects) {
        told.effects.set(effect.effectKey, effect)
        told.messages.set(effect.effectKey, {
          key: effect.effectKey,
          nodeId: effect.nodeId,
          channel: effect.channel,
          template: effect.template,
          queuedAt: iso(at),
          at: null,
          due: null,
          outcome: 'held',
          reason: 'quiet_hours',
          details: {},
          content: contentOf(write(run, effect)),
          warning: null,
          test: null,
        })
      }
      moved(actor, move)
      if (!isOver(run)) return
      told.result = run.state === 'failed' ? `failed: ${run.result ?? ''}` : (run.result ?? '')
      if (run.state === 'exited') left.add(run.id)
    },
    posted({ actor, run, effect, at, outcome, reason, details }) {
      const told = toldOf(actor.id)
      const before = told.messages.get(effect.effectKey)
      if (before === undefined) throw new Error(`${effect.effectKey} went out without having been let go`)
      const text = write(run, effect)
      const warning = text.kind === 'sms' ? text.warning : null
      told.messages.set(effect.effectKey, {
        ...before,
        ...{ at: iso(at), due: null, outcome, reason, details: { ...details }, content: contentOf(text), warning },
      })
      if (outcome === 'sent') letters.push({ personId: actor.id, effect, text })
    },
  }
}
