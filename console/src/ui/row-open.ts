import type { KeyboardEvent, MouseEvent } from 'react'

/** A row that a click or Enter opens; links and buttons inside it keep their own meaning. */
export const opening = (open: () => void) => ({ className: 'row-open', ...pressed(open, ['Enter']) })

/** The row of a folder that a click, Enter or Space opens and closes. */
export const toggling = (isOpen: boolean, toggle: () => void) => ({
  className: 'row-folder',
  'aria-expanded': isOpen,
  ...pressed(toggle, ['Enter', ' ']),
})

function pressed(run: () => void, keys: readonly string[]) {
  return {
    tabIndex: 0,
    onClick: (event: MouseEvent) => {
      if (event.target instanceof Element && event.target.closest('a,button,input,label')) return
      run()
    },
    onKeyDown: (event: KeyboardEvent) => {
      if (event.target !== event.currentTarget || !keys.includes(event.key)) return
      event.preventDefault()
      run()
    },
  }
}
