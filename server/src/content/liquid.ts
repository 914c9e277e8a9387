import { Context, type Emitter, Liquid, type Template as Node, Output, toValueSync } from 'liquidjs'
import { filters, formatDate, toText } from './filters.ts'

/**
 * Liquid, narrowed until a template can only read its variables and end soon: no tag that reads a file, no filter of
 * the library, no range, no loop in a loop, a cap on output and time. What it cannot do it refuses when parsed.
 */
const tagsAllowed = new Set(['assign', 'break', 'case', 'comment', 'for', 'if', 'unless'])
const rootsAllowed = new Set(['customer', 'event', 'shop', 'link', 'coupon', 'hot_items', 'webhook'])
const sourceLengthMax = 2_000
const outputLengthMax = 2_000
// Only a backstop: what is parsed is bounded already, and a machine that is busy for a moment must not cost a customer a message.
const renderMsMax = 1_000
const memoryMax = 200_000

/** What is wrong with a template's text, and where. */
export class TemplateProblem extends Error {
  readonly line: number
  readonly column: number
  constructor(message: string, line: number, column: number) {
    super(message)
    this.name = 'TemplateProblem'
    this.line = line
    this.column = column
  }
}

export interface ParsedTemplate {
  readonly nodes: readonly ParsedNode[]
  /** `customer.name`, `hot_items`: what it reads from outside. */
  readonly variables: readonly string[]
}
export interface ParsedNode {
  readonly kind: 'text' | 'output' | 'tag'
  /** Of text: itself. Of an output or tag: its source. */
  readonly source: string
  readonly node: Node
}

/** Rendered, node by node. `holes` are the outputs that came out empty without saying so with `default`. */
export interface RenderedTemplate {
  readonly texts: readonly string[]
  readonly holes: readonly string[]
}

interface Rendering {
  zone: string
  holes: string[]
  length: number
}
/** What our outputs and filters need to know about the rendering they are part of. */
const renderings = new WeakMap<Context, Rendering>()

function createEngine(): Liquid {
  const engine = new Liquid({
    ownPropertyOnly: true,
    strictFilters: true,
    strictVariables: false,
    parseLimit: sourceLengthMax,
    renderLimit: renderMsMax,
    memoryLimit: memoryMax,
    templates: {},
    relativeReference: false,
    dynamicPartials: false,
  })
  for (const name of Object.keys(engine.tags)) if (!tagsAllowed.has(name)) delete engine.tags[name]
  for (const name of Object.keys(engine.filters)) engine.unregisterFilter(name)
  for (const [name, filter] of Object.entries(filters)) engine.registerFilter(name, filter)
  engine.registerFilter('date', function (value: unknown, format: unknown = '%Y-%m-%d %H:%M') {
    return formatDate(value, toText(format), renderings.get(this.context)?.zone ?? 'UTC')
  })
  return engine
}

const engine = createEngine()

function problemOf(error: unknown): TemplateProblem {
  if (error instanceof TemplateProblem) return error
  const message = error instanceof Error ? error.message : String(error)
  const place = /, line:(\d+), col:(\d+)/.exec(message)
  return new TemplateProblem(message.replace(/, line:\d+, col:\d+.*/s, ''), Number(place?.[1] ?? 1), Number(place?.[2] ?? 1))
}

function refuse(node: Node, message: string): never {
  const [line, column] = node.token.getPosition()
  throw new TemplateProblem(message, line ?? 1, column ?? 1)
}

const withoutQuoted = (source: string) => source.replace(/"[^"]*"|'[^']*'/g, '""')

/** Walks every node once: refuses what could run long, and makes outputs report when they come out empty. */
function harden(nodes: readonly Node[], loops: number): void {
  for (const node of nodes) {
    const source = node.token.getText()
    const children = node.children?.(false, true)
    const isLoop = /^\{%-?\s*for\b/.test(source)
    if (source.startsWith('{') && withoutQuoted(source).includes('..')) refuse(node, 'ranges (1..n) are not allowed')
    if (isLoop && loops > 0) refuse(node, 'a loop inside a loop is not allowed')
    if (node instanceof Output) reportHoles(node, source)
    if (children) harden(toValueSync<Node[]>(children), loops + (isLoop ? 1 : 0))
  }
}

function reportHoles(output: Output, source: string): void {
  const hasFallback = output.value.filters.some((filter) => filter.name === 'default')
  output.render = function* (context: Context, emitter: Emitter) {
    const text = toText(yield output.value.value(context, false))
    if (text.trim() === '' && !hasFallback) renderings.get(context)?.holes.push(source)
    emitter.write(text)
  }
}

function kindOf(node: Node): ParsedNode['kind'] {
  if (node instanceof Output) return 'output'
  return node.token.getText().startsWith('{%') ? 'tag' : 'text'
}

/** Parses, or throws a TemplateProblem with line and column. */
export function parseTemplate(source: string): ParsedTemplate {
  if (source.length > sourceLengthMax) throw new TemplateProblem(`longer than ${sourceLengthMax} characters`, 1, 1)
  try {
    const nodes = engine.parse(source)
    harden(nodes, 0)
    const globals = engine.analyzeSync(nodes, { partials: false }).globals
    for (const [root, [first]] of Object.entries(globals)) {
      if (!rootsAllowed.has(root)) {
        throw new TemplateProblem(
          `unknown variable ${root}; there are ${[...rootsAllowed].join(', ')}`,
          first?.location.row ?? 1,
          first?.location.col ?? 1,
        )
      }
    }
    const variables = [...new Set(Object.values(globals).flatMap((uses) => uses.map(String)))].sort()
    // Text is what was written, less what whitespace control ({%- -%}) took away: so it is rendered, not cut from the source.
    const parsed = nodes.map((node): ParsedNode => {
      const kind = kindOf(node)
      return { kind, source: kind === 'text' ? renderNode(node, new Context({}, engine.options)) : node.token.getText(), node }
    })
    return { nodes: parsed, variables }
  } catch (error) {
    throw problemOf(error)
  }
}

class CappedEmitter implements Emitter {
  buffer = ''
  readonly rendering: Rendering | undefined
  constructor(rendering: Rendering | undefined) {
    this.rendering = rendering
  }
  write(value: unknown): void {
    const text = toText(value)
    if (this.rendering) {
      this.rendering.length += text.length
      if (this.rendering.length > outputLengthMax) throw new Error(`the text is longer than ${outputLengthMax} characters`)
    }
    this.buffer += text
  }
}

function renderNode(node: Node, context: Context): string {
  const emitter = new CappedEmitter(renderings.get(context))
  toValueSync(engine.renderer.renderTemplates([node], context, emitter))
  return emitter.buffer
}

/** Renders with variables of plain JSON. Throws a TemplateProblem when it runs into a limit. */
export function renderTemplate(template: ParsedTemplate, variables: Record<string, unknown>, zone: string): RenderedTemplate {
  const context = new Context(variables, engine.options, {
    sync: true,
    ownPropertyOnly: true,
    renderLimit: renderMsMax,
    memoryLimit: memoryMax,
  })
  const rendering: Rendering = { zone, holes: [], length: 0 }
  renderings.set(context, rendering)
  try {
    return { texts: template.nodes.map(({ node }) => renderNode(node, context)), holes: rendering.holes }
  } catch (error) {
    throw problemOf(error)
  }
}
