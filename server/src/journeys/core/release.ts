import { bucket, randomBuckets } from '@chaoxi/contract'

/** What of a journey is released to whom. */
export interface Release {
  readonly live_version: number
  /** Of those who come in, in hundredths of a per cent. */
  readonly live_share: number
  /** Takes the others, where there is one. */
  readonly base_version: number | null
}

/** All there are. */
export const fullShare = randomBuckets

/**
 * Whether the live version takes the person. By a hash of journey and person, so that whoever a share of 10 per cent takes is among those
 * whom 50 per cent takes.
 */
export function isReleasedTo(journeyId: string, { live_share }: Release, personId: number): boolean {
  return bucket(`${journeyId}:release`, String(personId), randomBuckets) < live_share
}
