/**
 * Who was judged while answers about them were on their way. A computation for everyone asks the next people while it writes the last,
 * so without the workspace's lock: what it was told of somebody whom the evaluator judged since may be older than what is stored, and
 * is asked again under the lock. Whoever was only touched is not named here: the evaluator still comes to them, and what it
 * writes then is newer. In memory, because one process alone works memberships out (a second one on the same database refuses to start).
 */
export interface Overtaken {
  /** From now on. */
  watch(workspaceId: number): Watch
  /** Called under the workspace's lock, before what is written of these people is asked. */
  note(workspaceId: number, people: Iterable<number>): void
}

export interface Watch {
  readonly people: ReadonlySet<number>
  end(): void
}

export function createOvertaken(): Overtaken {
  const watches = new Map<number, Set<Set<number>>>()
  return {
    watch(workspaceId) {
      const people = new Set<number>()
      const open = watches.get(workspaceId) ?? new Set()
      watches.set(workspaceId, open.add(people))
      return { people, end: () => open.delete(people) }
    },
    note(workspaceId, people) {
      const open = watches.get(workspaceId)
      if (open === undefined || open.size === 0) return
      for (const person of people) for (const one of open) one.add(person)
    },
  }
}
