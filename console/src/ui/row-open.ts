import type { KeyboardEvent, MouseEvent } from 'react'

/** A row that a click or Enter opens; links and buttons inside it keep their own meaning. */
export function openProps(open: (() => void) | undefined, className = 'row-open') {
  if (open === undefined) return {}
  return {
    tabIndex: 0,
    className,
    onClick: (event: MouseEvent) => {
      if (event.target instanceof Element && event.target.closest('a,button,input,label')) return
      open()
    },
    onKeyDown: (event: KeyboardEvent) => {
      if (event.target !== event.currentTarget || (event.key !== 'Enter' && !(event.key === ' ' && className === 'row-folder'))) return
      event.preventDefault()
      open()
    },
  }
}
