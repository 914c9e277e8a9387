import type { TagView } from '@chaoxi/contract'
import { Link, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useList } from '../api/hooks.ts'
import { useT } from '../i18n/index.ts'
import { useCan } from '../shell/me.ts'
import { ListPage, PeopleNumber } from '../ui/index.ts'
import { useDefinitionColumns } from './definition-columns.tsx'
import { sizesRefreshMs, textOfDefinition, useDefinitionChoices, useStatus } from './definition-list.ts'
import { definitionTexts } from './definition-texts.ts'
import { TableMenu } from './table-menu.tsx'
import { layers, TagDrawer } from './tag-drawer.tsx'
import { layerKeys, tagTexts } from './texts.ts'

const modes = ['dynamic', 'valued', 'static'] as const

export function TagsPage() {
  const t = useT(tagTexts)
  const d = useT(definitionTexts)
  const canWrite = useCan('rules.write')
  const navigate = useNavigate()
  const [creating, setCreating] = useState(false)
  const list = useList('tags', { query: { status: useStatus() } }, { refreshMs: sizesRefreshMs })
  const { choices, folders } = useDefinitionChoices(list.rows, modes)
  const { name, meaning, mode, size, scene, owner, updated } = useDefinitionColumns<TagView>({
    open: (tag) => (
      <Link to="/tags/$key" params={{ key: tag.key }}>
        {tag.name}
      </Link>
    ),
    members: (tag) => <PeopleNumber value={tag.size} search={{ tag: tag.key }} />,
  })
  return (
    <>
      <ListPage<TagView>
        title={t('title')}
        subtitle={t('subtitle')}
        list={list}
        rowKey={(tag) => tag.key}
        onOpen={(tag) => void navigate({ to: '/tags/$key', params: { key: tag.key } })}
        create={canWrite ? { label: t('create'), run: () => setCreating(true) } : null}
        actions={<TableMenu />}
        search={d('search')}
        textOf={textOfDefinition}
        folders={folders}
        choices={[
          {
            name: 'layer',
            label: t('layer'),
            options: [{ value: '', label: t('layerAll') }, ...layers.map((layer) => ({ value: layer, label: t(layerKeys[layer]) }))],
            keep: (tag, value) => tag.layer === value,
          },
          ...choices,
        ]}
        columns={[
          name,
          { title: t('layer'), key: 'layer', width: 90, render: (_, tag) => t(layerKeys[tag.layer]) },
          meaning,
          mode,
          size,
          scene,
          owner,
          updated,
        ]}
        empty={{ title: t('emptyTitle'), text: t('emptyText'), action: <Link to="/playbooks">{t('emptyPlaybook')}</Link> }}
      />
      {creating && (
        <TagDrawer
          existing={null}
          onClose={() => setCreating(false)}
          onStored={(key) => void navigate({ to: '/tags/$key', params: { key } })}
        />
      )}
    </>
  )
}
