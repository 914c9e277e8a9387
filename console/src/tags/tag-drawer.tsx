import type { TagView } from '@chaoxi/contract'
import { Form, Select } from 'antd'
import { useState } from 'react'
import { useMutate } from '../api/hooks.ts'
import { useT } from '../i18n/index.ts'
import { DefinitionDrawer } from './definition-drawer.tsx'
import { SceneField } from './scene-field.tsx'
import { layerKeys, tagTexts } from './texts.ts'

export const layers = ['basic', 'behaviour', 'value', 'preference', 'scene'] as const

/** Creates a tag, or changes `existing`; answers the key when it is stored. */
export function TagDrawer({
  existing,
  onClose,
  onStored,
}: {
  existing: TagView | null
  onClose: () => void
  onStored?: (key: string) => void
}) {
  const t = useT(tagTexts)
  const create = useMutate('tagCreate', { refresh: ['tags'] })
  const update = useMutate('tagUpdate', { refresh: ['tags', 'tag', 'people'] })
  const [layer, setLayer] = useState(existing?.layer ?? 'behaviour')
  const [scene, setScene] = useState(existing?.scene ?? '')
  return (
    <DefinitionDrawer
      title={existing === null ? t('create') : `${t('editTitle')} · ${existing.name}`}
      existing={existing}
      modes={['dynamic', 'valued', 'static']}
      onClose={onClose}
      onSave={async ({ key, name, description, mode, rule, values, several, model }) => {
        const common = { name, description, layer, scene, rule: mode === 'dynamic' ? rule : null, values: [...values], several, model }
        if (existing !== null)
          return update.mutateAsync({ params: { key: existing.key }, body: { ...common, revision: existing.revision } })
        const stored = await create.mutateAsync({ body: { ...common, mode, ...(key === '' ? {} : { key }) } })
        onStored?.(stored.key)
      }}
    >
      <Form.Item label={t('layer')}>
        <Select
          value={layer}
          aria-label={t('layer')}
          options={layers.map((value) => ({ value, label: t(layerKeys[value]) }))}
          onChange={setLayer}
        />
      </Form.Item>
      <SceneField value={scene} onChange={setScene} />
    </DefinitionDrawer>
  )
}
