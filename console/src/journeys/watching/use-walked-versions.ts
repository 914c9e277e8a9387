import type { JourneyDefinition } from '@chaoxi/contract'
import { useQueries } from '@tanstack/react-query'
import { call } from '../../api/client.ts'
import type { RunStep } from '../words/step-words.ts'
import { versionsWalked } from '../words/versions-walked.ts'

/** Each line is worded as it was drawn then: a step may have been changed or removed since. `live` until that is loaded. */
export function useWalkedVersions(
  journeyId: string,
  story: { readonly steps: readonly RunStep[]; readonly run: { readonly version: number } } | undefined,
  version: number,
  live: JourneyDefinition,
): (index: number) => JourneyDefinition {
  const versions = versionsWalked(story?.steps ?? [], story?.run.version ?? version)
  const asked = [...new Set(versions)]
  const found = useQueries({
    queries: asked.map((one) => ({
      queryKey: ['journeyVersion', { params: { id: journeyId, version: one } }],
      queryFn: () => call('journeyVersion', { params: { id: journeyId, version: one } }),
      // What was published never changes.
      staleTime: Number.POSITIVE_INFINITY,
    })),
  })
  return (index) => found[asked.indexOf(versions[index] ?? version)]?.data?.definition ?? live
}
