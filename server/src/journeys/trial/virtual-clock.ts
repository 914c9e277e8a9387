import type { TrialRow } from './trial-store.ts'

type Clock = Pick<TrialRow, 'state' | 'virtual_at' | 'real_at' | 'speed'>

/** What the trial's clock shows. */
export function virtualNow({ state, virtual_at, real_at, speed }: Clock, now: number): number {
  const stands = virtual_at.getTime()
  return state === 'running' ? stands + Math.max(0, now - real_at.getTime()) * speed : stands
}

/** When the trial's clock will show it. */
export function realOf({ virtual_at, real_at, speed }: Clock, virtual: number): number {
  return real_at.getTime() + Math.max(0, virtual - virtual_at.getTime()) / speed
}
