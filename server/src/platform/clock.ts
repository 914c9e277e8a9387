/** Time is an argument: the whole program asks this, so that tests and simulations can move it. */
export interface Clock {
  /** Milliseconds since 1970 UTC. */
  now(): number
}

export const systemClock: Clock = { now: () => Date.now() }
