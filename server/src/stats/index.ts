export { readableEdges } from './bands.ts'
export { type Cluster, clusterShare } from './cluster-share.ts'
export type { Interval } from './proportion.ts'
export { type IndexCounts, type TargetIndex, targetIndex, type Weakness } from './target-index.ts'
