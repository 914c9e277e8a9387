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

type Used = Pick<SegmentView, 'scene'>
const sceneOf = ({ scene }: Used) => scene.trim()
const distinct = (texts: readonly string[]) => [...new Set(texts)].sort((a, b) => a.localeCompare(b, 'zh-CN'))
/** What definitions are used for, each purpose once. */
export const scenesOf = (rows: readonly Used[]): string[] => distinct(rows.map(sceneOf)).filter((scene) => scene !== '')

/** Choices and folders that lists of tags and of segments have in common. */
export function useDefinitionChoices(rows: readonly SegmentView[], modes: readonly TagMode[]) {
  const d = useT(definitionTexts)
  const who = useWho()
  const choice = (
    name: 'scene' | 'mode' | 'owner',
    width: number,
    options: readonly { value: string; label: string }[],
    of: (row: SegmentView) => string,
  ): ListChoice<SegmentView> => ({
    name,
    label: d(name),
    width,
    options: [{ value: '', label: d(`${name}All`) }, ...options],
    keep: (row, value) => of(row) === value,
  })
  const scenes = scenesOf(rows).map((name) => ({ value: name, label: name }))
  const kept = modes.map((mode) => ({ value: mode, label: d(mode) }))
  const owners = distinct(rows.map((row) => row.owner)).map((owner) => ({ value: owner, label: who(owner) || owner }))
  const choices: ListChoice<SegmentView>[] = [
    choice('scene', 126, scenes, sceneOf),
    choice('mode', 124, kept, (row) => row.mode),
    choice('owner', 126, owners, (row) => row.owner),
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
  return { choices, folders: { label: d('scene'), of: sceneOf } }
}
