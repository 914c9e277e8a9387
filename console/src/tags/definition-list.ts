import type { SegmentView, TagMode } from '@chaoxi/contract'
import { useT } from '../i18n/index.ts'
import { useWho } from '../shell/who.ts'
import { type ListChoice, useFilters } from '../ui/index.ts'
import { definitionTexts } from './definition-texts.ts'

/** How often sizes are asked again while the list is looked at. */
export const sizesRefreshMs = 15_000

/** Active definitions or, by the choice in the address bar, those that were archived. */
export function useStatus(): 'active' | 'archived' {
  const [{ status }] = useFilters({ status: '' })
  return status === 'archived' ? 'archived' : 'active'
}

/** What the search of both lists looks through. */
export const textOfDefinition = ({ name, key, scene, description }: SegmentView) => `${name} ${key} ${scene} ${description}`

/** Choices and folders that lists of tags and of segments have in common. */
export function useDefinitionChoices(rows: readonly SegmentView[], modes: readonly TagMode[]) {
  const d = useT(definitionTexts)
  const who = useWho()
  const distinct = (of: (row: SegmentView) => string) => [...new Set(rows.map(of))].sort((a, b) => a.localeCompare(b, 'zh-CN'))
  const scene = (row: SegmentView) => row.scene.trim()
  const scenes = distinct(scene).filter((name) => name !== '')
  const choices: ListChoice<SegmentView>[] = [
    {
      name: 'scene',
      label: d('scene'),
      width: 126,
      options: [{ value: '', label: d('sceneAll') }, ...scenes.map((name) => ({ value: name, label: name }))],
      keep: (row, value) => scene(row) === value,
    },
    {
      name: 'mode',
      label: d('mode'),
      width: 124,
      options: [{ value: '', label: d('modeAll') }, ...modes.map((mode) => ({ value: mode, label: d(mode) }))],
      keep: (row, value) => row.mode === value,
    },
    {
      name: 'owner',
      label: d('owner'),
      width: 126,
      options: [
        { value: '', label: d('ownerAll') },
        ...distinct((row) => row.owner).map((owner) => ({ value: owner, label: who(owner) || owner })),
      ],
      keep: (row, value) => row.owner === value,
    },
    {
      name: 'status',
      label: d('status'),
      width: 96,
      options: [
        { value: '', label: d('active') },
        { value: 'archived', label: d('archived') },
      ],
    },
  ]
  return { choices, folders: { label: d('scene'), of: scene } }
}
