/** What a person sees while a file comes in. */
export interface ImportState {
  /** Of the file, 0 to 1. */
  readonly progress: number
  readonly rows: number
  readonly rejected: number
}

export interface Screen {
  write(text: string): void
  /** A terminal that a line can be written over on. */
  readonly interactive: boolean
  readonly columns: number
}

const barWidth = 24
const terminalEveryMs = 200
const plainEveryMs = 10_000

const count = (value: number) => Math.round(value).toLocaleString('en-US')

export function duration(ms: number): string {
  const seconds = Math.round(ms / 1000)
  if (seconds < 60) return `${seconds} s`
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`
  return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`
}

export function progressLine(state: ImportState, elapsedMs: number): string {
  const share = Math.min(1, Math.max(0, state.progress))
  const filled = Math.round(share * barWidth)
  const rate = elapsedMs > 0 ? state.rows / (elapsedMs / 1000) : 0
  const left = share > 0.001 && share < 1 ? `, ${duration((elapsedMs / share) * (1 - share))} left` : ''
  const rejected = state.rejected > 0 ? `, ${count(state.rejected)} rejected` : ''
  return `[${'#'.repeat(filled)}${'.'.repeat(barWidth - filled)}] ${Math.floor(share * 100)} %  ${count(state.rows)} rows, ${count(rate)}/s${rejected}${left}`
}

/** A bar that is rewritten in place on a terminal; elsewhere a line now and then. */
export function createProgress(screen: Screen, now: () => number): { show(state: ImportState): void; end(): void } {
  const start = now()
  let shown = screen.interactive ? Number.NEGATIVE_INFINITY : start
  let dirty = false
  return {
    show(state) {
      const at = now()
      if (at - shown < (screen.interactive ? terminalEveryMs : plainEveryMs)) return
      shown = at
      const line = progressLine(state, at - start)
      if (screen.interactive) {
        screen.write(`\r\u001b[K${line.slice(0, Math.max(20, screen.columns - 1))}`)
        dirty = true
      } else screen.write(`${line}\n`)
    },
    end() {
      if (dirty) screen.write('\r\u001b[K')
    },
  }
}
