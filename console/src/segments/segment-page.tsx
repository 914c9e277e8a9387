import { Link, useNavigate, useParams } from '@tanstack/react-router'
import { Button, Tabs } from 'antd'
import { useState } from 'react'
import { useEndpoint, useMutate } from '../api/hooks.ts'
import { useT } from '../i18n/index.ts'
import { RuleSentence } from '../rules/rule-builder.tsx'
import { useCan } from '../shell/me.ts'
import { ArchiveButton, DefinitionMembers, DefinitionOverview } from '../tags/definition-parts.tsx'
import { definitionTexts } from '../tags/definition-texts.ts'
import { JsonView, Loaded, PageHeader, StateText, useFilters } from '../ui/index.ts'
import { SegmentDrawer } from './segment-drawer.tsx'

/** Sizes move within seconds of events. */
const refreshMs = 5_000

export function SegmentPage() {
  const d = useT(definitionTexts)
  const canWrite = useCan('rules.write')
  const navigate = useNavigate()
  const { key } = useParams({ from: '/shell/segments/$key' })
  const query = useEndpoint('segment', { params: { key } }, { refreshMs })
  const archive = useMutate('segmentArchive', { refresh: ['segments', 'segment'] })
  const members = useMutate('segmentMembers', { refresh: ['people', 'segment', 'segments'] })
  const [filters, setFilters] = useFilters({ tab: '' })
  const [editing, setEditing] = useState(false)
  return (
    <Loaded query={query}>
      {(segment) => (
        <>
          <PageHeader
            title={segment.name}
            back={{ to: '/segments', label: d('back') }}
            extra={<StateText state={segment.status} />}
            subtitle={[d(segment.mode), segment.description].filter((part) => part !== '').join(' · ')}
            actions={
              canWrite &&
              segment.status === 'active' && (
                <>
                  <ArchiveButton
                    definition={segment}
                    archive={async () => {
                      await archive.mutateAsync({ params: { key } })
                      await navigate({ to: '/segments' })
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
                    definition={segment}
                    membersTo={
                      <Link to="/people" search={{ segment: key }}>
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
                  segment.rule === null ? (
                    <p className="muted">{d('staticHint')}</p>
                  ) : (
                    <div className="panel">
                      <RuleSentence rule={segment.rule} />
                      <JsonView value={segment.rule} maxHeight={560} />
                    </div>
                  ),
              },
              {
                key: 'members',
                label: d('membersTab'),
                children: (
                  <DefinitionMembers
                    kind="segment"
                    definition={segment}
                    canEdit={canWrite}
                    change={(body) => members.mutateAsync({ params: { key }, body })}
                  />
                ),
              },
            ]}
          />
          {editing && <SegmentDrawer existing={segment} onClose={() => setEditing(false)} />}
        </>
      )}
    </Loaded>
  )
}
