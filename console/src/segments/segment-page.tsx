import { useNavigate, useParams } from '@tanstack/react-router'
import { useEndpoint, useMutate } from '../api/hooks.ts'
import { useT } from '../i18n/index.ts'
import { DefinitionPage, definitionRefreshMs } from '../tags/definition-page.tsx'
import { definitionTexts } from '../tags/definition-texts.ts'
import { Loaded } from '../ui/index.ts'
import { SegmentDrawer } from './segment-drawer.tsx'

export function SegmentPage() {
  const d = useT(definitionTexts)
  const navigate = useNavigate()
  const { key } = useParams({ from: '/shell/segments/$key' })
  const query = useEndpoint('segment', { params: { key } }, { refreshMs: definitionRefreshMs })
  const archive = useMutate('segmentArchive', { refresh: ['segments', 'segment'] })
  const members = useMutate('segmentMembers', { refresh: ['people', 'segment', 'segments'] })
  return (
    <Loaded query={query}>
      {(segment) => (
        <DefinitionPage
          kind="segment"
          definition={segment}
          listPath="/segments"
          subtitle={[d(segment.mode), segment.scene, segment.description]}
          archive={async () => {
            await archive.mutateAsync({ params: { key } })
            await navigate({ to: '/segments' })
          }}
          changeMembers={(body) => members.mutateAsync({ params: { key }, body })}
          editor={(onClose) => <SegmentDrawer existing={segment} onClose={onClose} />}
        />
      )}
    </Loaded>
  )
}
