import type { SegmentView } from '@chaoxi/contract'
import { useState } from 'react'
import { useMutate } from '../api/hooks.ts'
import { useT } from '../i18n/index.ts'
import { DefinitionDrawer } from '../tags/definition-drawer.tsx'
import { SceneField } from '../tags/scene-field.tsx'
import { segmentTexts } from './texts.ts'

/** Creates a segment, or changes `existing`; answers the key when it is stored. */
export function SegmentDrawer({
  existing,
  onClose,
  onStored,
}: {
  existing: SegmentView | null
  onClose: () => void
  onStored?: (key: string) => void
}) {
  const t = useT(segmentTexts)
  const create = useMutate('segmentCreate', { refresh: ['segments'] })
  const update = useMutate('segmentUpdate', { refresh: ['segments', 'segment', 'people'] })
  const [scene, setScene] = useState(existing?.scene ?? '')
  return (
    <DefinitionDrawer
      title={existing === null ? t('create') : `${t('editTitle')} · ${existing.name}`}
      existing={existing}
      modes={['dynamic', 'static']}
      onClose={onClose}
      onSave={async ({ key, name, description, mode, rule }) => {
        const common = { name, description, scene, rule: mode === 'dynamic' ? rule : null }
        if (existing !== null)
          return update.mutateAsync({ params: { key: existing.key }, body: { ...common, revision: existing.revision } })
        const stored = await create.mutateAsync({
          body: { ...common, mode: mode === 'static' ? mode : 'dynamic', ...(key === '' ? {} : { key }) },
        })
        onStored?.(stored.key)
      }}
    >
      <SceneField value={scene} onChange={setScene} />
    </DefinitionDrawer>
  )
}
