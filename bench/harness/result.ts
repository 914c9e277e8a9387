import { existsSync, readFileSync } from 'node:fs'

/** What a benchmark found, and whether it is good enough: the last line on standard output, as one JSON object. */
export interface Check {
  readonly name: string
  readonly value: number
  readonly must: '>=' | '<' | '<=' | '='
  readonly bound: number
}

function holds({ value, must, bound }: Check): boolean {
  switch (must) {
    case '=':
      return value === bound
    case '<':
      return value < bound
    case '<=':
      return value <= bound
    case '>=':
      return value >= bound
  }
}

/** Processor time of the machine since it started, in ticks: all of it, and what a host gave to other machines (Linux). */
function processorTicks(): { all: number; stolen: number } {
  if (!existsSync('/proc/stat')) return { all: 0, stolen: 0 }
  const ticks = readFileSync('/proc/stat', 'utf8').split('\n')[0]?.split(/\s+/).slice(1).map(Number) ?? []
  return { all: ticks.slice(0, 8).reduce((sum, one) => sum + one, 0), stolen: ticks[7] ?? 0 }
}

/** Answers the share of the processors that a host took away meanwhile, in per cent: absolute times mean little beyond some. */
function watchStolen(): () => number {
  const before = processorTicks()
  return () => {
    const now = processorTicks()
    return Math.round((100 * (now.stolen - before.stolen)) / Math.max(1, now.all - before.all))
  }
}
const stolenPercent = watchStolen()

/** Prints the result; the exit code says whether every check held. */
export function finish(bench: string, checks: readonly Check[], figures: Readonly<Record<string, unknown>>): void {
  const failed = checks
    .filter((check) => !holds(check))
    .map(({ name, value, must, bound }) => `${name}: ${value}, must be ${must} ${bound}`)
  for (const line of failed) process.stderr.write(`FAILED ${line}\n`)
  const ok = failed.length === 0
  process.stdout.write(`${JSON.stringify({ bench, ok, failed, stolenPercent: stolenPercent(), ...figures })}\n`)
  process.exitCode = ok ? 0 : 1
}

export function say(line: string): void {
  process.stderr.write(`${line}\n`)
}

/** Nearest-rank percentile; `share` 0.99 for p99. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = Float64Array.from(values).sort()
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(share * sorted.length) - 1))] ?? Number.NaN
}

export const round = (value: number, digits = 1) => Math.round(value * 10 ** digits) / 10 ** digits
