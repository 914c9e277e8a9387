import { Counter, Gauge, Histogram, Registry } from 'prom-client'

/** One registry a program; domains make their own metrics from it once, in their factory. */
export interface Metrics {
  readonly registry: Registry
  counter(name: string, help: string, labels?: readonly string[]): Counter
  gauge(name: string, help: string, labels?: readonly string[]): Gauge
  /** Seconds. */
  histogram(name: string, help: string, labels?: readonly string[]): Histogram
}

export function createMetrics(): Metrics {
  const registry = new Registry()
  const common = (name: string, help: string, labels: readonly string[]) => ({
    name: `chaoxi_${name}`,
    help,
    labelNames: [...labels],
    registers: [registry],
  })
  return {
    registry,
    counter: (name, help, labels = []) => new Counter(common(name, help, labels)),
    gauge: (name, help, labels = []) => new Gauge(common(name, help, labels)),
    histogram: (name, help, labels = []) =>
      new Histogram({ ...common(name, help, labels), buckets: [0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 15, 60] }),
  }
}
