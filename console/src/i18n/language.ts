import { useSyncExternalStore } from 'react'

export const languages = ['zh', 'en'] as const
export type Language = (typeof languages)[number]

const storageKey = 'chaoxi.language'
const listeners = new Set<() => void>()

function stored(): Language {
  try {
    return localStorage.getItem(storageKey) === 'en' ? 'en' : 'zh'
  } catch {
    // Storage may be switched off or absent; the console speaks Chinese then.
    return 'zh'
  }
}

let current: Language = stored()

export function language(): Language {
  return current
}

export function setLanguage(next: Language): void {
  current = next
  try {
    localStorage.setItem(storageKey, next)
  } catch {
    // Not kept for the next visit, and that is all.
  }
  for (const listener of listeners) listener()
}

export function useLanguage(): Language {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    language,
    language,
  )
}
