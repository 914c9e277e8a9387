import { smsLengthMax } from '@chaoxi/contract'
import { absoluteTerms } from './absolute-terms.ts'
import { renderTemplate } from './liquid.ts'
import { type ContentProblem, parsed, type Variables } from './template.ts'

/**
 * An SMS provider sends filed texts with variables. Our Liquid text becomes such a text: what is literal stays, each
 * run of outputs and tags becomes one `${p1}`, `${p2}` … (they may not stand side by side), and a message passes the
 * rendered parts. `{{ link }}` alone stays literal up to its code, since providers refuse addresses in variables.
 */
export interface SmsRendering {
  /** As the customer reads it, without signature and opt-out words. */
  readonly text: string
  readonly params: Record<string, string>
  readonly holes: readonly string[]
}

type Part =
  | { readonly kind: 'literal'; readonly text: string }
  | { readonly kind: 'param'; readonly nodes: readonly number[]; readonly prefix: string }

const silentTag = /^\{%-?\s*(assign|comment)\b/
const linkOutput = /^\{\{-?\s*link\s*-?\}\}$/

function partsOf(source: string, linkPrefix: string): Part[] {
  const parts: Part[] = []
  parsed(source).nodes.forEach((node, i) => {
    const last = parts.at(-1)
    if (node.kind === 'text') {
      if (node.source !== '') parts.push({ kind: 'literal', text: node.source })
    } else if (node.kind === 'tag' && silentTag.test(node.source)) return
    else if (linkOutput.test(node.source)) {
      parts.push({ kind: 'literal', text: linkPrefix }, { kind: 'param', nodes: [i], prefix: linkPrefix })
    } else if (last?.kind === 'param') parts[parts.length - 1] = { ...last, nodes: [...last.nodes, i] }
    else parts.push({ kind: 'param', nodes: [i], prefix: '' })
  })
  return parts
}

/** The text to file at the provider, with the opt-out words at its end; the provider adds the signature. */
export function smsProviderText(source: string, linkPrefix: string, optOutText: string): string {
  let count = 0
  const text = partsOf(source, linkPrefix).map((part) => (part.kind === 'literal' ? part.text : `\${p${++count}}`))
  return text.join('') + optOutText
}

export function renderSms(source: string, variables: Variables, zone: string, linkPrefix: string): SmsRendering {
  const { texts, holes } = renderTemplate(parsed(source), { ...variables }, zone)
  const params: Record<string, string> = {}
  let count = 0
  for (const part of partsOf(source, linkPrefix)) {
    if (part.kind !== 'param') continue
    const text = part.nodes.map((i) => texts[i] ?? '').join('')
    params[`p${++count}`] = part.prefix !== '' && text.startsWith(part.prefix) ? text.slice(part.prefix.length) : text
  }
  return { text: texts.join(''), params, holes }
}

/** As the phone shows it and the provider bills it. */
export function fullSmsText(signName: string, text: string, optOutText: string): string {
  return `【${signName}】${text}${optOutText}`
}

/** What the rendered text of any channel may not or should not say. */
export function textProblems(path: string, text: string, holes: readonly string[]): ContentProblem[] {
  return [
    ...holes.map((hole) => ({
      path,
      code: 'empty_variable' as const,
      message: `${hole} is empty for this customer and has no fallback; the message would not be sent`,
      level: 'warning' as const,
    })),
    ...absoluteTerms(text).map(({ term, level }) => ({ path, code: 'absolute_term' as const, message: term, level })),
  ]
}

export function smsProblems(text: string, fullText: string, holes: readonly string[]): ContentProblem[] {
  const path = 'content.text'
  const problems = textProblems(path, text, holes)
  if (fullText.length > smsLengthMax) {
    problems.push({ path, code: 'too_long', message: `${fullText.length} characters; at most ${smsLengthMax}`, level: 'error' })
  }
  for (const character of ['【', '】', '${']) {
    if (text.includes(character)) problems.push({ path, code: 'forbidden_character', message: character, level: 'error' })
  }
  for (const character of ['¥', '★']) {
    if (text.includes(character)) problems.push({ path, code: 'forbidden_character', message: character, level: 'warning' })
  }
  return problems
}
