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

/** Prints the result; the exit code says whether every check held. */
export function finish(bench: string, checks: readonly Check[], figures: Readonly<Record<string, unknown>>): void {
  const failed = checks
    .filter((check) => !holds(check))
    .map(({ name, value, must, bound }) => `${name}: ${value}, must be ${must} ${bound}`)
  for (const line of failed) process.stderr.write(`FAILED ${line}\n`)
  const ok = failed.length === 0
  process.stdout.write(`${JSON.stringify({ bench, ok, failed, ...figures })}\n`)
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
