import type { Translate } from '../i18n/index.ts'
import { useFilters } from '../ui/index.ts'
import type { definitionTexts } from './definition-texts.ts'

/** How often sizes are asked again while the list is looked at. */
export const sizesRefreshMs = 15_000

/** Active definitions or, by the choice in the address bar, those that were archived. */
export function useStatus(): 'active' | 'archived' {
  const [{ status }] = useFilters({ status: '' })
  return status === 'archived' ? 'archived' : 'active'
}

export const statusChoice = (d: Translate<keyof typeof definitionTexts>) => ({
  name: 'status',
  label: d('status'),
  width: 110,
  options: [
    { value: '', label: d('active') },
    { value: 'archived', label: d('archived') },
  ],
})
