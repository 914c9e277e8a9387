/** What comes next, of many: the soonest first, and of several at the same instant the one with the lowest number. */
export interface Agenda {
  push(at: number, who: number): void
  /** The instant of the next one; infinity: there is none. */
  readonly next: number
  /** Takes the next one out. */
  pop(): number
}

/** A binary heap in two arrays. */
export function createAgenda(): Agenda {
  const times: number[] = []
  const whose: number[] = []

  const before = (a: number, b: number): boolean => {
    const [first, second] = [times[a] ?? 0, times[b] ?? 0]
    return first < second || (first === second && (whose[a] ?? 0) < (whose[b] ?? 0))
  }
  function swap(a: number, b: number): void {
    const [time, who] = [times[a] ?? 0, whose[a] ?? 0]
    times[a] = times[b] ?? 0
    whose[a] = whose[b] ?? 0
    times[b] = time
    whose[b] = who
  }

  return {
    get next() {
      return times[0] ?? Number.POSITIVE_INFINITY
    },
    push(at, who) {
      times.push(at)
      whose.push(who)
      for (let place = times.length - 1; place > 0; ) {
        const parent = (place - 1) >> 1
        if (!before(place, parent)) break
        swap(place, parent)
        place = parent
      }
    },
    pop() {
      const who = whose[0] ?? -1
      const last = times.length - 1
      swap(0, last)
      times.pop()
      whose.pop()
      for (let place = 0; ; ) {
        const [left, right] = [2 * place + 1, 2 * place + 2]
        let least = place
        if (left < last && before(left, least)) least = left
        if (right < last && before(right, least)) least = right
        if (least === place) return who
        swap(place, least)
        place = least
      }
    },
  }
}
