import { useEffect, useRef } from 'react'

/**
 * Keys of a page: `useKeys({ n: create, 'ctrl+s': save })`. A letter alone is ignored while someone types. What answers `false` has not
 * taken the key.
 */
export function useKeys(keys: Readonly<Record<string, (() => unknown) | undefined>>): void {
  const latest = useRef(keys)
  latest.current = keys
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const withCtrl = event.ctrlKey || event.metaKey
      const name = `${withCtrl ? 'ctrl+' : ''}${withCtrl && event.shiftKey ? 'shift+' : ''}${event.key.toLowerCase()}`
      const run = latest.current[name]
      if (!run || event.isComposing) return
      if (!withCtrl && event.key !== 'Escape' && isTyping(event.target)) return
      if (run() !== false) event.preventDefault()
    }
    window.addEventListener('keydown', onKey)
    return () => window.removeEventListener('keydown', onKey)
  }, [])
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    target.closest('input:not([type="radio"],[type="checkbox"]),textarea,select,[contenteditable="true"],[role="combobox"]') !== null
  )
}
