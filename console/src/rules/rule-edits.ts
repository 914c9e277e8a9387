import type { Rule } from '@chaoxi/contract'
import {
  asGroup,
  duplicateAt,
  editAt,
  type Group,
  insertInto,
  isGroup,
  joinAt,
  moveAt,
  negateAt,
  peel,
  type RulePath,
  removeAt,
  replaceAt,
  ruleAt,
  unwrapAt,
  wrapAt,
} from './rule-editing.ts'

/** Everything that the builder can do to a rule. */
export type RuleEdit =
  | { readonly type: 'replace'; readonly rule: Rule }
  | { readonly type: 'set'; readonly path: RulePath; readonly rule: Rule }
  | { readonly type: 'insert'; readonly path: RulePath; readonly rule: Rule; readonly index?: number }
  | { readonly type: 'join'; readonly path: RulePath; readonly kind: Group['kind'] }
  | { readonly type: 'shift'; readonly path: RulePath; readonly by: -1 | 1 }
  | { readonly type: 'drop'; readonly path: RulePath; readonly target: DropTarget }
  | { readonly type: 'paste'; readonly path: RulePath; readonly rule: Rule }
  | { readonly type: 'remove' | 'duplicate' | 'negate' | 'wrap' | 'unwrap' | 'into' | 'out'; readonly path: RulePath }

/** Where something is let go: between the conditions of a group, or on a condition, to make a group with it. */
export type DropTarget =
  | { readonly place: 'between'; readonly group: RulePath; readonly index: number }
  | { readonly place: 'on'; readonly path: RulePath }

/** The rule after an edit, a group at its root. An edit that has no place there leaves the rule as it is. */
export function editRule(rule: Rule, edit: RuleEdit): Rule {
  const root = asGroup(rule)
  switch (edit.type) {
    case 'replace':
      return asGroup(edit.rule)
    case 'set':
      return asGroup(replaceAt(root, edit.path, edit.rule))
    case 'insert':
      return insertInto(root, edit.path, edit.rule, edit.index)
    case 'join':
      return joinAt(root, edit.path, edit.kind)
    case 'shift':
      return moveAt(root, edit.path, edit.by)
    case 'drop':
      return drop(root, edit.path, edit.target)
    case 'paste':
      return paste(root, edit.path, edit.rule)
    case 'into':
      return into(root, edit.path)
    case 'out':
      return out(root, edit.path)
    case 'negate':
      return asGroup(negateAt(root, edit.path))
    case 'remove':
      return removeAt(root, edit.path)
    case 'duplicate':
      return duplicateAt(root, edit.path)
    case 'wrap':
      return wrapAt(root, edit.path)
    case 'unwrap':
      return unwrapAt(root, edit.path)
  }
}

/** Where `node` (the very object) stands, so that the focus follows what was moved. */
export function pathOf(root: Rule, node: Rule, path: RulePath = []): RulePath | null {
  if (root === node) return path
  const children = root.kind === 'not' ? [root.rule] : isGroup(root) ? root.rules : []
  for (const [index, child] of children.entries()) {
    const found = pathOf(child, node, [...path, index])
    if (found !== null) return found
  }
  return null
}

/** The node that the focus belongs to after an edit: what was moved, or what took its place; null: where it is. */
export function focusAfter(before: Rule, edit: RuleEdit): RulePath | null {
  if (edit.type === 'replace') return null
  const { path } = edit
  const [parent, last] = [path.slice(0, -1), path.at(-1) ?? 0]
  switch (edit.type) {
    case 'shift':
    case 'drop':
    case 'into':
    case 'out': {
      const moved = ruleAt(before, path)
      return moved === undefined ? null : pathOf(editRule(before, edit), moved)
    }
    case 'duplicate':
    case 'paste':
      return path.length === 0 ? path : [...parent, last + 1]
    case 'remove': {
      const after = editRule(before, edit)
      if (ruleAt(after, path) !== undefined) return path
      return last > 0 ? [...parent, last - 1] : parent
    }
    case 'negate':
    case 'wrap':
    case 'unwrap':
      return path
    default:
      return null
  }
}

const startsWith = (path: RulePath, start: RulePath): boolean => start.every((step, index) => path[index] === step)

/** `path` after the rule at `gone` has been taken out of its group. */
function without(path: RulePath, gone: RulePath): RulePath {
  const parent = gone.slice(0, -1)
  const last = gone.at(-1) ?? 0
  const here = path[parent.length]
  if (!startsWith(path, parent) || here === undefined || here < last) return path
  return [...parent, here - 1, ...path.slice(gone.length)]
}

function drop(root: Rule, from: RulePath, target: DropTarget): Rule {
  const moved = ruleAt(root, from)
  const last = from.at(-1)
  const parentPath = from.slice(0, -1)
  const parent = ruleAt(root, parentPath)
  if (moved === undefined || last === undefined || parent === undefined || !isGroup(parent)) return root
  if (target.place === 'on') {
    const goal = ruleAt(root, target.path)
    // On itself, on what it stands in or on what stands in it there is no group to make.
    if (goal === undefined || target.path.length === 0 || startsWith(target.path, from) || startsWith(from, target.path)) return root
    const around = ruleAt(root, target.path.slice(0, -1))
    if (around === undefined || !isGroup(around)) return root
    const kind = around.kind === 'all' ? 'any' : 'all'
    return editAt(removeAt(root, from), without(target.path, from), (at) => ({ kind, rules: [at, moved] }))
  }
  const group = ruleAt(root, target.group)
  if (group === undefined || !isGroup(group) || startsWith(target.group, from)) return root
  const sameGroup = target.group.length === parentPath.length && startsWith(target.group, parentPath)
  if (sameGroup && (target.index === last || target.index === last + 1)) return root
  const index = Math.min(target.index, group.rules.length) - (sameGroup && target.index > last ? 1 : 0)
  return insertInto(removeAt(root, from), without(target.group, from), moved, index)
}

/** Into the group above it, else the one below. */
function into(root: Rule, path: RulePath): Rule {
  const last = path.at(-1)
  const parentPath = path.slice(0, -1)
  const parent = ruleAt(root, parentPath)
  if (last === undefined || parent === undefined || !isGroup(parent)) return root
  for (const index of [last - 1, last + 1]) {
    const beside = parent.rules[index]
    if (beside === undefined) continue
    const { inner, depth } = peel(beside)
    if (!isGroup(inner)) continue
    const group = [...parentPath, index, ...Array<number>(depth).fill(0)]
    return drop(root, path, { place: 'between', group, index: index < last ? inner.rules.length : 0 })
  }
  return root
}

/** Out of its group, to stand right after it. A group that is empty then goes as well. */
function out(root: Rule, path: RulePath): Rule {
  const groupPath = path.slice(0, -1)
  const group = ruleAt(root, groupPath)
  if (group === undefined || !isGroup(group) || ruleAt(root, path) === undefined) return root
  const outer = unnegated(root, groupPath)
  const index = outer.at(-1)
  if (index === undefined) return root
  const moved = drop(root, path, { place: 'between', group: outer.slice(0, -1), index: index + 1 })
  return group.rules.length === 1 ? removeAt(moved, outer) : moved
}

/** The path without the `not`s directly around it. */
function unnegated(root: Rule, path: RulePath): RulePath {
  const parent = path.slice(0, -1)
  return path.length > 0 && ruleAt(root, parent)?.kind === 'not' ? unnegated(root, parent) : path
}

/** After a condition, at the end of the root. */
function paste(root: Rule, path: RulePath, rule: Rule): Rule {
  const last = path.at(-1)
  if (last !== undefined) return insertInto(root, path.slice(0, -1), rule, last + 1)
  const { inner, depth } = peel(root)
  // A whole rule that was copied is a group of its own; over an empty one it takes its place.
  if (isGroup(inner) && inner.rules.length === 0) return asGroup(rule)
  return insertInto(root, Array<number>(depth).fill(0), rule)
}

/** Typing in one field is undone at once: the place of the one text or number that an edit lengthens or shortens. */
export function typingPlace(before: unknown, after: unknown): string | null {
  const places = changes(before, after, '')
  const [only] = places
  return places.length === 1 && only?.typed === true ? only.place : null
}

interface Change {
  readonly place: string
  readonly typed: boolean
}

function changes(before: unknown, after: unknown, place: string): Change[] {
  if (before === after) return []
  if (!isObject(before) || !isObject(after)) {
    const one = String(before)
    const other = String(after)
    const sameType = typeof before === typeof after && (typeof before === 'string' || typeof before === 'number')
    return [{ place, typed: sameType && (one.startsWith(other) || other.startsWith(one)) }]
  }
  const keys = new Set([...Object.keys(before), ...Object.keys(after)])
  return [...keys].flatMap((key) => changes(before[key], after[key], `${place}.${key}`))
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
