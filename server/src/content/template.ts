import type { Channel, Content, PopupContent } from '@chaoxi/contract'
import { absoluteTerms } from './absolute-terms.ts'
import { type ParsedTemplate, parseTemplate, renderTemplate, TemplateProblem } from './liquid.ts'

export type FilingStatus = 'pending' | 'approved' | 'rejected'

export interface Template {
  readonly workspaceId: number
  readonly key: string
  readonly name: string
  readonly channel: Channel
  readonly content: Content
  readonly linkUrl: string
  /** The code under which the provider knows the text that was filed, and that text. */
  readonly providerCode: string | null
  readonly providerText: string | null
  readonly providerStatus: FilingStatus | null
  readonly status: 'active' | 'archived'
  readonly revision: number
  readonly updatedAt: number
}

/** What a template can read. */
export interface Variables {
  readonly customer: Record<string, unknown>
  readonly event: Record<string, unknown>
  readonly shop: { readonly name: string }
  readonly link: string
  readonly coupon: Record<string, unknown>
  readonly hot_items: readonly Record<string, unknown>[]
  /** What systems outside have answered the journey, by node and name. */
  readonly webhook?: Readonly<Record<string, unknown>>
}

const parsedMax = 1_000
const parsedTexts = new Map<string, ParsedTemplate>()

/** Parsing is pure, so a text is parsed once; the oldest go first when there are too many. */
export function parsed(source: string): ParsedTemplate {
  const known = parsedTexts.get(source)
  if (known) return known
  const fresh = parseTemplate(source)
  const oldest = parsedTexts.keys().next().value
  if (parsedTexts.size >= parsedMax && oldest !== undefined) parsedTexts.delete(oldest)
  parsedTexts.set(source, fresh)
  return fresh
}

/** The fields of a content that are Liquid, by their path. */
export function liquidFields(content: Content, linkUrl: string): { path: string; source: string }[] {
  const fields =
    content.kind === 'sms'
      ? [{ path: 'content.text', source: content.text }]
      : [
          { path: 'content.title', source: content.title },
          { path: 'content.body', source: content.body },
          { path: 'content.imageUrl', source: content.imageUrl },
          { path: 'content.button', source: content.button },
          ...(content.action.kind === 'link' ? [{ path: 'content.action.url', source: content.action.url }] : []),
        ]
  return [...fields, { path: 'linkUrl', source: linkUrl }].filter((field) => field.source !== '')
}

export function usesLink(content: Content): boolean {
  return liquidFields(content, '').some((field) => parsed(field.source).variables.some((name) => name === 'link'))
}

/** Whether a text of the content, or the link's target, reads `root` or something in it. One that does not parse may. */
export function reads(content: Content, linkUrl: string, root: string): boolean {
  const names = (source: string) => {
    try {
      return parsed(source).variables
    } catch {
      return [root]
    }
  }
  return liquidFields(content, linkUrl).some(({ source }) =>
    names(source).some((name) => name === root || (/^[.[]/.test(name.slice(root.length)) && name.startsWith(root))),
  )
}

/** `webhook.<node>.<name>`: what the texts read of what a journey's run has come to know. */
export function runVariables(content: Content, linkUrl: string): string[] {
  const names = liquidFields(content, linkUrl).flatMap(({ source }) => {
    try {
      return parsed(source).variables
    } catch {
      return []
    }
  })
  return [...new Set(names.filter((name) => /^webhook\.\w+\.\w+$/.test(name)))].sort()
}

/** Something wrong with a content: `code` for the console's words, `message` for everybody else. */
export interface ContentProblem {
  readonly path: string
  readonly code:
    | 'wrong_kind'
    | 'does_not_parse'
    | 'link_target'
    | 'too_long'
    | 'forbidden_character'
    | 'empty_variable'
    | 'absolute_term'
    | 'no_sms_account'
  readonly message: string
  readonly level: 'error' | 'warning'
}

/** What stops a template from being saved, with its place. */
export function templateProblems(channel: Channel, content: Content, linkUrl: string): ContentProblem[] {
  const level = 'error'
  if (content.kind !== channel) {
    return [{ path: 'content.kind', code: 'wrong_kind', level, message: `the content is a ${content.kind}, the template a ${channel}` }]
  }
  const problems: ContentProblem[] = []
  for (const { path, source } of liquidFields(content, linkUrl)) {
    try {
      parsed(source)
    } catch (error) {
      if (!(error instanceof TemplateProblem)) throw error
      problems.push({ path, code: 'does_not_parse', level, message: `line ${error.line}, column ${error.column}: ${error.message}` })
    }
    if (path === 'linkUrl') continue
    for (const found of absoluteTerms(source)) {
      if (found.level === 'error') problems.push({ path, code: 'absolute_term', level, message: found.term })
    }
  }
  if (problems.length > 0) return problems
  if (content.kind === 'sms') problems.push(...smsCharacterProblems(content.text))
  if (usesLink(content) && !/^https?:\/\//.test(linkUrl)) {
    problems.push({
      path: 'linkUrl',
      code: 'link_target',
      level,
      message: 'the text uses {{ link }}, so its target is needed: an address that starts with http:// or https://',
    })
  }
  return problems
}

/** 【】 marks the signature, which the provider puts in front; `${` would be read as one of the provider's variables. */
function smsCharacterProblems(text: string): ContentProblem[] {
  return ['【', '】', '${']
    .filter((character) => text.includes(character))
    .map((character) => ({ path: 'content.text', code: 'forbidden_character', level: 'error', message: character }))
}

export interface RenderedPopup {
  readonly content: PopupContent
  readonly holes: readonly string[]
}

export function renderPopup(content: PopupContent, variables: Variables, zone: string): RenderedPopup {
  const holes: string[] = []
  const render = (source: string) => {
    const result = renderTemplate(parsed(source), { ...variables }, zone)
    holes.push(...result.holes)
    return result.texts.join('')
  }
  const { action } = content
  const rendered = {
    ...content,
    title: render(content.title),
    body: render(content.body),
    imageUrl: render(content.imageUrl),
    button: render(content.button),
    action: action.kind === 'link' ? { ...action, url: render(action.url) } : action,
  }
  return { content: rendered, holes }
}

/** The target of the tracked link; null when an output of it came out empty. */
export function renderLinkTarget(linkUrl: string, variables: Variables, zone: string): string | null {
  const result = renderTemplate(parsed(linkUrl), { ...variables }, zone)
  return result.holes.length > 0 ? null : result.texts.join('')
}
