import { useNavigate, useParams } from '@tanstack/react-router'
import { useEndpoint, useMutate } from '../api/hooks.ts'
import { useT } from '../i18n/index.ts'
import { Loaded } from '../ui/index.ts'
import { DefinitionPage, definitionRefreshMs } from './definition-page.tsx'
import { definitionTexts } from './definition-texts.ts'
import { ModelSummary } from './model-summary.tsx'
import { TagDrawer } from './tag-drawer.tsx'
import { layerKeys, tagTexts } from './texts.ts'

export function TagPage() {
  const t = useT(tagTexts)
  const d = useT(definitionTexts)
  const navigate = useNavigate()
  const { key } = useParams({ from: '/shell/tags/$key' })
  const query = useEndpoint('tag', { params: { key } }, { refreshMs: definitionRefreshMs })
  const archive = useMutate('tagArchive', { refresh: ['tags', 'tag'] })
  const members = useMutate('tagMembers', { refresh: ['people', 'tag', 'tags'] })
  return (
    <Loaded query={query}>
      {(tag) => (
        <DefinitionPage
          kind="tag"
          definition={tag}
          listPath="/tags"
          subtitle={[t(layerKeys[tag.layer]), d(tag.mode), tag.scene, tag.description]}
          archive={async () => {
            await archive.mutateAsync({ params: { key } })
            await navigate({ to: '/tags' })
          }}
          changeMembers={(body) => members.mutateAsync({ params: { key }, body })}
          summary={<ModelSummary tag={tag} />}
          editor={(onClose) => <TagDrawer existing={tag} onClose={onClose} />}
        />
      )}
    </Loaded>
  )
}
