import { Link, useNavigate, useParams } from '@tanstack/react-router'
import { Button, Tabs } from 'antd'
import { useState } from 'react'
import { useEndpoint, useMutate } from '../api/hooks.ts'
import { useT } from '../i18n/index.ts'
import { RuleSentence } from '../rules/rule-builder.tsx'
import { useCan } from '../shell/me.ts'
import { JsonView, Loaded, PageHeader, StateText, useFilters } from '../ui/index.ts'
import { ArchiveButton, DefinitionMembers, DefinitionOverview } from './definition-parts.tsx'
import { definitionTexts } from './definition-texts.ts'
import { TagDrawer } from './tag-drawer.tsx'
import { layerKeys, tagTexts } from './texts.ts'

/** Sizes move within seconds of events. */
const refreshMs = 5_000

export function TagPage() {
  const t = useT(tagTexts)
  const d = useT(definitionTexts)
  const canWrite = useCan('rules.write')
  const navigate = useNavigate()
  const { key } = useParams({ from: '/shell/tags/$key' })
  const query = useEndpoint('tag', { params: { key } }, { refreshMs })
  const archive = useMutate('tagArchive', { refresh: ['tags', 'tag'] })
  const members = useMutate('tagMembers', { refresh: ['people', 'tag', 'tags'] })
  const [filters, setFilters] = useFilters({ tab: '' })
  const [editing, setEditing] = useState(false)
  return (
    <Loaded query={query}>
      {(tag) => (
        <>
          <PageHeader
            title={tag.name}
            back={{ to: '/tags', label: d('back') }}
            extra={<StateText state={tag.status} />}
            subtitle={[t(layerKeys[tag.layer]), d(tag.mode), tag.scene, tag.description].filter((part) => part !== '').join(' · ')}
            actions={
              canWrite &&
              tag.status === 'active' && (
                <>
                  <ArchiveButton
                    definition={tag}
                    archive={async () => {
                      await archive.mutateAsync({ params: { key } })
                      await navigate({ to: '/tags' })
                    }}
                  />
                  <Button type="primary" onClick={() => setEditing(true)}>
                    {d('edit')}
                  </Button>
                </>
              )
            }
          />
          <Tabs
            activeKey={filters.tab === '' ? 'overview' : filters.tab}
            onChange={(tab) => setFilters({ tab: tab === 'overview' ? '' : tab })}
            items={[
              {
                key: 'overview',
                label: d('overviewTab'),
                children: (
                  <DefinitionOverview
                    definition={tag}
                    membersTo={
                      <Link to="/people" search={{ tag: key }}>
                        {d('viewMembers')}
                      </Link>
                    }
                  />
                ),
              },
              {
                key: 'rule',
                label: d('ruleTab'),
                children:
                  tag.rule === null ? (
                    <p className="muted">{d('staticHint')}</p>
                  ) : (
                    <div className="panel">
                      <RuleSentence rule={tag.rule} />
                      <JsonView value={tag.rule} maxHeight={560} />
                    </div>
                  ),
              },
              {
                key: 'members',
                label: d('membersTab'),
                children: (
                  <DefinitionMembers
                    kind="tag"
                    definition={tag}
                    canEdit={canWrite}
                    change={(body) => members.mutateAsync({ params: { key }, body })}
                  />
                ),
              },
            ]}
          />
          {editing && <TagDrawer existing={tag} onClose={() => setEditing(false)} />}
        </>
      )}
    </Loaded>
  )
}
