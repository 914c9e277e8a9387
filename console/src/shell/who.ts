import { useMemo } from 'react'
import { useEndpoint } from '../api/hooks.ts'
import { useT } from '../i18n/index.ts'
import { texts } from './texts.ts'

/** Who an actor's id stands for: a member by name, a key by its name, or the program itself. Nobody reads ids. */
export function useWho(): (actor: string) => string {
  const t = useT(texts)
  const members = useEndpoint('members').data
  const keys = useEndpoint('apiKeys').data
  return useMemo(() => {
    const names = new Map([
      ...(members?.items ?? []).map(({ accountId, name, email }) => [accountId, name || email] as const),
      ...(keys?.items ?? []).map(({ id, name }) => [id, t('whoKey', { name: name || t('whoKeyUnnamed') })] as const),
    ])
    return (actor) => {
      if (actor === 'system') return t('whoSystem')
      const name = names.get(actor)
      if (name !== undefined) return name
      // A member who was removed; before the names are there, nothing rather than an id.
      return /^(acc|key)_/.test(actor) ? (members === undefined ? '' : t('whoGone')) : actor
    }
  }, [members, keys, t])
}
