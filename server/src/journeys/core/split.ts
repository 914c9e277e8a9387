import { bucket, randomBuckets, type SplitWay } from '@chaoxi/contract'
import type { Contest, Split } from './contest.ts'
import type { Run } from './run.ts'

type Whose = Pick<Run, 'journeyId' | 'personId' | 'context'>

const seedOf = (node: Split, journeyId: string) => `${journeyId}:${node.id}:${node.seed ?? ''}`

/** The way that a run has taken at the node before. */
export const takenWay = (node: Split, { context }: Pick<Run, 'context'>): SplitWay | undefined =>
  node.ways.find((way) => way.id === context.variants?.[node.id])

/**
 * The way of a person: by a hash of journey, node and person, so every visit, run and version gives the same one. What a run
 * has taken once it keeps, also when its person turned out to be another one's other half.
 */
export function splitWayOf(node: Split, whose: Whose): SplitWay {
  const taken = takenWay(node, whose)
  if (taken) return taken
  const place = bucket(seedOf(node, whose.journeyId), String(whose.personId), randomBuckets)
  let edge = 0
  const found = node.ways.find((way) => {
    edge += Math.round((way.share * randomBuckets) / 100)
    return place < edge
  })
  if (!found) throw new Error(`the shares of ${node.id} do not make 100 per cent`)
  return found
}

/** Whether the person is among those who are spread while a winner is looked for: by a hash of its own. */
export function isSpread(node: Contest, { journeyId, personId }: Whose): boolean {
  const place = bucket(`${seedOf(node, journeyId)}:explore`, String(personId), randomBuckets)
  return place < Math.round((node.winner.explore * randomBuckets) / 100)
}
