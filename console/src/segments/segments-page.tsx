import type { SegmentView } from '@chaoxi/contract'
import { Link, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useList } from '../api/hooks.ts'
import { useT } from '../i18n/index.ts'
import { useCan } from '../shell/me.ts'
import { useDefinitionColumns } from '../tags/definition-columns.tsx'
import { sizesRefreshMs, textOfDefinition, useDefinitionChoices, useStatus } from '../tags/definition-list.ts'
import { definitionTexts } from '../tags/definition-texts.ts'
import { ListPage, PeopleNumber } from '../ui/index.ts'
import { SegmentDrawer } from './segment-drawer.tsx'
import { segmentTexts } from './texts.ts'

const modes = ['dynamic', 'static'] as const

export function SegmentsPage() {
  const t = useT(segmentTexts)
  const d = useT(definitionTexts)
  const canWrite = useCan('rules.write')
  const navigate = useNavigate()
  const [creating, setCreating] = useState(false)
  const list = useList('segments', { query: { status: useStatus() } }, { refreshMs: sizesRefreshMs })
  const { choices, folders } = useDefinitionChoices(list.rows, modes)
  const { name, meaning, mode, size, scene, owner, updated } = useDefinitionColumns<SegmentView>({
    open: (segment) => (
      <Link to="/segments/$key" params={{ key: segment.key }}>
        {segment.name}
      </Link>
    ),
    members: (segment) => <PeopleNumber value={segment.size} search={{ segment: segment.key }} />,
  })
  return (
    <>
      <ListPage<SegmentView>
        title={t('title')}
        subtitle={t('subtitle')}
        list={list}
        rowKey={(segment) => segment.key}
        onOpen={(segment) => void navigate({ to: '/segments/$key', params: { key: segment.key } })}
        create={canWrite ? { label: t('create'), run: () => setCreating(true) } : null}
        search={d('search')}
        textOf={textOfDefinition}
        folders={folders}
        choices={choices}
        columns={[name, meaning, mode, size, scene, owner, updated]}
        empty={{ title: t('emptyTitle'), text: t('emptyText') }}
      />
      {creating && (
        <SegmentDrawer
          existing={null}
          onClose={() => setCreating(false)}
          onStored={(key) => void navigate({ to: '/segments/$key', params: { key } })}
        />
      )}
    </>
  )
}
