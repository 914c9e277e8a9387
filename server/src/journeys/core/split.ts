import { bucket, type JourneyNode, randomBuckets, type SplitWay } from '@chaoxi/contract'
import type { Run } from './run.ts'

type Split = Extract<JourneyNode, { kind: 'split' }>

/**
 * The way of a person: by a hash of journey, node and person, so every visit, run and version gives the same one. What a run
 * has taken once it keeps, also when its person turned out to be another one's other half.
 */
export function splitWayOf(node: Split, { journeyId, personId, context }: Pick<Run, 'journeyId' | 'personId' | 'context'>): SplitWay {
  const taken = node.ways.find((way) => way.id === context.variants?.[node.id])
  if (taken) return taken
  const place = bucket(`${journeyId}:${node.id}:${node.seed ?? ''}`, String(personId), randomBuckets)
  let edge = 0
  const found = node.ways.find((way) => {
    edge += Math.round((way.share * randomBuckets) / 100)
    return place < edge
  })
  if (!found) throw new Error(`the shares of ${node.id} do not make 100 per cent`)
  return found
}
