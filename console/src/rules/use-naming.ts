import { useMemo } from 'react'
import { useEndpoint } from '../api/hooks.ts'
import { useLanguage } from '../i18n/index.ts'
import type { Naming } from './rule-sentence.ts'

/** The names behind tags' and segments' keys, in the language and zone of who looks. Keys stand in until they are loaded. */
export function useNaming(): Naming {
  const language = useLanguage()
  const me = useEndpoint('me').data
  const tags = useEndpoint('tags').data
  const segments = useEndpoint('segments').data
  return useMemo(() => {
    const tagNames = new Map(tags?.items.map((tag) => [tag.key, tag.name]))
    const segmentNames = new Map(segments?.items.map((segment) => [segment.key, segment.name]))
    return {
      language,
      timeZone: me?.workspace.timeZone ?? 'Asia/Shanghai',
      tag: (key) => tagNames.get(key) ?? key,
      segment: (key) => segmentNames.get(key) ?? key,
    }
  }, [language, me, tags, segments])
}
