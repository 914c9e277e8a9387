import { useNavigate, useRouterState } from '@tanstack/react-router'
import { useCallback } from 'react'

export type FilterValues = Readonly<Record<string, string>>

/**
 * Filters that live in the address bar, so that a view can be sent to a colleague: `const [filters, setFilters] =
 * useFilters({ q: '', state: '' })`. Values are texts; an empty one is left out of the address.
 */
export function useFilters<Names extends string>(
  defaults: Readonly<Record<Names, string>>,
): [Record<Names, string>, (change: Partial<Record<Names, string>>) => void] {
  const search: unknown = useRouterState({ select: (state) => state.location.search })
  const navigate = useNavigate()
  const given = new Map<string, unknown>(Object.entries(search ?? {}))
  const values: Record<Names, string> = { ...defaults }
  for (const name of namesOf(defaults)) {
    const value = given.get(name)
    if (typeof value === 'string') values[name] = value
  }
  const set = useCallback(
    (change: Partial<Record<Names, string>>) => {
      void navigate({
        to: '.',
        replace: true,
        search: (previous: object) => {
          const next: Record<string, string> = { ...previous }
          for (const [name, value] of Object.entries<string | undefined>(change)) {
            if (value === undefined || value === '') delete next[name]
            else next[name] = value
          }
          return next
        },
      })
    },
    [navigate],
  )
  return [values, set]
}

function namesOf<Names extends string>(record: Readonly<Record<Names, string>>): Names[] {
  const names: Names[] = []
  for (const name in record) names.push(name)
  return names
}
