import { Link } from '@tanstack/react-router'
import { Button, Tabs } from 'antd'
import { type ReactNode, useState } from 'react'
import { useT } from '../i18n/index.ts'
import { RuleSentence } from '../rules/rule-builder.tsx'
import { useCan } from '../shell/me.ts'
import { JsonView, PageHeader, StateText, useFilters } from '../ui/index.ts'
import { DefinitionHistory } from './definition-history.tsx'
import { ArchiveButton, type DefinitionDetail, DefinitionMembers, DefinitionOverview, type MembersProps } from './definition-parts.tsx'
import { definitionTexts } from './definition-texts.ts'
import { governanceTexts } from './governance-texts.ts'
import { RestoreButton } from './restore-button.tsx'
import { ValueSentences } from './value-sizes.tsx'

/** Sizes move within seconds of events. */
export const definitionRefreshMs = 5_000

interface Props {
  readonly kind: MembersProps['kind']
  readonly definition: DefinitionDetail
  readonly listPath: '/tags' | '/segments'
  /** Parts of the line below the name; empty ones are left out. */
  readonly subtitle: readonly string[]
  readonly archive: () => Promise<unknown>
  readonly changeMembers: MembersProps['change']
  readonly editor: (onClose: () => void) => ReactNode
  /** Of one kind only: above its figures and its rules. */
  readonly summary?: ReactNode
}

/** The page of one tag or segment: what it means, who is in it, what it is used for. */
export function DefinitionPage({ kind, definition, listPath, subtitle, archive, changeMembers, editor, summary }: Props) {
  const d = useT(definitionTexts)
  const g = useT(governanceTexts)
  const canWrite = useCan('rules.write')
  const [filters, setFilters] = useFilters({ tab: '' })
  const [editing, setEditing] = useState(false)
  const { rule } = definition
  return (
    <>
      <PageHeader
        title={definition.name}
        back={{ to: listPath, label: d('back') }}
        extra={<StateText state={definition.status} />}
        subtitle={subtitle.filter((part) => part !== '').join(' · ')}
        actions={
          <>
            {definition.status === 'active' && (
              <Link to="/portraits" search={{ of: `${kind}:${definition.key}` }}>
                <Button>{g('insight')}</Button>
              </Link>
            )}
            {canWrite && definition.status === 'archived' && <RestoreButton kind={kind} definition={definition} />}
            {canWrite && definition.status === 'active' && (
              <>
                <ArchiveButton definition={definition} archive={archive} />
                <Button type="primary" onClick={() => setEditing(true)}>
                  {d('edit')}
                </Button>
              </>
            )}
          </>
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
              <>
                {summary}
                <DefinitionOverview kind={kind} definition={definition} />
              </>
            ),
          },
          {
            key: 'rule',
            label: d('ruleTab'),
            children:
              definition.mode === 'static' ? (
                <p className="muted">{d('staticHint')}</p>
              ) : (
                <div className="panel stack">
                  {summary}
                  {rule === null ? (
                    <ValueSentences values={definition.values} several={'several' in definition && definition.several === true} />
                  ) : (
                    <RuleSentence rule={rule} />
                  )}
                  <JsonView value={rule ?? definition.values.map((one) => ({ value: one.value, rule: one.rule }))} maxHeight={560} />
                </div>
              ),
          },
          {
            key: 'members',
            label: d('membersTab'),
            children: <DefinitionMembers kind={kind} definition={definition} canEdit={canWrite} change={changeMembers} />,
          },
          { key: 'history', label: g('historyTab'), children: <DefinitionHistory kind={kind} definition={definition} /> },
        ]}
      />
      {editing && editor(() => setEditing(false))}
    </>
  )
}
