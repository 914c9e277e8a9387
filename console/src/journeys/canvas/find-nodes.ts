import { type JourneyDefinition, type JourneyNode, nodeExits } from '@chaoxi/contract'
import { type JourneyNaming, nodeKindWord, nodeSummary } from '../words/node-words.ts'

/** Steps that have all the words: in their name, kind, summary (names of templates, tags, events) or in what they are set to. */
export function findNodes(definition: JourneyDefinition, query: string, naming: JourneyNaming): JourneyNode[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean)
  if (words.length === 0) return []
  return definition.nodes.filter((node) => {
    const ways = new Set(nodeExits(node).map(({ to }) => to))
    const settings = texts(node).filter((text) => !ways.has(text))
    const said = [nodeKindWord(node.kind, naming.language), nodeSummary(node, naming), ...settings].join('\n').toLowerCase()
    return words.every((word) => said.includes(word))
  })
}

function texts(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(texts) : []
}
