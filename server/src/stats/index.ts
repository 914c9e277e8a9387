export { readableEdges } from './bands.ts'
export { type IndexCounts, type TargetIndex, targetIndex, type Weakness } from './target-index.ts'
