import type { SegmentView } from '@chaoxi/contract'
import type { ReactNode } from 'react'
import { useT } from '../i18n/index.ts'
import { useWho } from '../shell/who.ts'
import { byName, byUpdate, type Column, NameCell, numberCell, StateText, TimeAgo } from '../ui/index.ts'
import { Meaning } from './definition-parts.tsx'
import { definitionTexts } from './definition-texts.ts'

type Name = 'name' | 'meaning' | 'mode' | 'size' | 'scene' | 'owner' | 'updated'

/** Columns that lists of tags and of segments have in common; the links are each list's own. */
export function useDefinitionColumns<Row extends SegmentView>(links: {
  open: (row: Row) => ReactNode
  members: (row: Row) => ReactNode
}): Record<Name, Column<Row>> {
  const d = useT(definitionTexts)
  const who = useWho()
  return {
    name: {
      title: d('name'),
      key: 'name',
      width: 200,
      sorter: byName,
      render: (_, row) => <NameCell code={row.key}>{links.open(row)}</NameCell>,
    },
    meaning: { title: d('meaning'), key: 'meaning', render: (_, row) => <Meaning definition={row} /> },
    mode: { title: d('mode'), key: 'mode', width: 90, render: (_, row) => d(row.mode) },
    size: {
      title: d('size'),
      key: 'size',
      ...numberCell,
      width: 100,
      sorter: (a, b) => a.size - b.size,
      render: (_, row) => links.members(row),
    },
    scene: { title: d('scene'), key: 'scene', width: 130, render: (_, row) => row.scene || <span className="muted">–</span> },
    owner: {
      title: d('owner'),
      key: 'owner',
      width: 110,
      render: (_, row) => who(row.owner),
    },
    updated: {
      title: d('updated'),
      key: 'updated',
      width: 120,
      sorter: byUpdate,
      render: (_, row) => (row.status === 'archived' ? <StateText state="archived" /> : <TimeAgo at={row.updatedAt} />),
    },
  }
}
