import { App } from 'antd'
import { type ClipboardEvent, type KeyboardEvent, type ReactNode, useEffect, useRef, useState } from 'react'
import { useT } from '../i18n/index.ts'
import { type Builder, BuilderContext, pathName, pathNamed } from './builder-context.ts'
import { copiedRule, copyRule, keepCopy, ruleFromText } from './rule-clipboard.ts'
import { type RulePath, ruleAt } from './rule-editing.ts'
import { focusAfter, type RuleEdit } from './rule-edits.ts'
import { historyKey, keyEdit } from './rule-keys.ts'
import { isLong, openedAfter } from './rule-length.ts'
import type { RuleProblem } from './rule-problems.ts'
import { ruleTexts } from './texts.ts'
import type { RuleSession } from './use-rule-history.ts'

/** What the tree stands in: keys, clipboard, dragging, and the focus that follows what was moved. */
export function RuleFrame({
  session,
  problems,
  children,
}: {
  session: RuleSession
  problems: readonly RuleProblem[]
  children: ReactNode
}) {
  const t = useT(ruleTexts)
  const { message } = App.useApp()
  const frame = useRef<HTMLDivElement>(null)
  const [dragged, drag] = useState<RulePath | null>(null)
  const focusNext = useRef<RulePath | null>(null)
  const [opened, open] = useState<RulePath | null>(null)
  const { root } = session
  const long = isLong(root)
  const nodes = () => [...(frame.current?.querySelectorAll<HTMLElement>('[data-path]') ?? [])]

  // biome-ignore lint/correctness/useExhaustiveDependencies: runs once after every edit, which is when the root changes, and only then reads what else it needs.
  useEffect(() => {
    const wanted = focusNext.current
    focusNext.current = null
    const node = wanted === null ? undefined : nodes().find((candidate) => candidate.dataset.path === pathName(wanted))
    // A row that went took the focus with it: keys must still reach the builder.
    if (node !== undefined) node.focus()
    else if (wanted !== null) frame.current?.focus({ preventScroll: true })
  }, [root])

  const edit = (next: RuleEdit) => {
    focusNext.current = focusAfter(root, next)
    open(openedAfter(root, next, opened))
    session.edit(next)
  }
  const copy = async (path: RulePath) => {
    const part = ruleAt(root, path)
    if (part === undefined) return
    await copyRule(part)
    void message.success(t('copied'))
  }
  const paste = async (path: RulePath) => {
    const rule = await copiedRule()
    if (rule === null) void message.warning(t('nothingCopied'))
    else edit({ type: 'paste', path, rule: structuredClone(rule) })
  }
  const nodeOf = (target: EventTarget): RulePath | null => {
    const name = target instanceof HTMLElement ? target.dataset.path : undefined
    return name === undefined ? null : pathNamed(name)
  }

  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>) => {
    const pressed = { key: event.key, alt: event.altKey, ctrl: event.ctrlKey || event.metaKey, shift: event.shiftKey }
    const back = historyKey(pressed)
    const take = () => {
      event.preventDefault()
      // The page around has keys of its own.
      event.stopPropagation()
    }
    if (back !== null) {
      take()
      focusNext.current = nodeOf(event.target) ?? []
      open(null)
      return session[back]()
    }
    const path = nodeOf(event.target)
    if (path === null) return
    const next = keyEdit(pressed, path)
    if (next !== null) {
      take()
      edit(next)
    } else if (long && event.key === 'Enter') {
      take()
      open(path)
    } else if ((event.key === 'ArrowUp' || event.key === 'ArrowDown') && !pressed.ctrl && !pressed.alt) {
      take()
      const all = nodes()
      const at = all.findIndex((node) => node.dataset.path === pathName(path))
      all[at + (event.key === 'ArrowDown' ? 1 : -1)]?.focus()
    }
  }
  const onCopy = (event: ClipboardEvent<HTMLDivElement>) => {
    const path = nodeOf(event.target)
    const part = path === null ? undefined : ruleAt(root, path)
    if (part === undefined || window.getSelection()?.isCollapsed === false) return
    event.preventDefault()
    event.clipboardData.setData('text/plain', keepCopy(part))
    void message.success(t('copied'))
  }
  const onPaste = (event: ClipboardEvent<HTMLDivElement>) => {
    const path = event.target === frame.current ? [] : nodeOf(event.target)
    const rule = path === null ? null : ruleFromText(event.clipboardData.getData('text/plain'))
    if (path === null || rule === null) return
    event.preventDefault()
    edit({ type: 'paste', path, rule })
  }

  const builder: Builder = { root, problems, edit, copy, paste, dragged, drag, opened: long ? opened : 'all', open }
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: keys reach it from the conditions inside.
    <div className="rule-frame" ref={frame} tabIndex={-1} onKeyDown={onKeyDown} onCopy={onCopy} onPaste={onPaste}>
      <BuilderContext value={builder}>{children}</BuilderContext>
    </div>
  )
}
