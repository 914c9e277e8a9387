import { CopyOutlined, DeleteOutlined, PlusOutlined } from '@ant-design/icons'
import {
  channels,
  type EventMatch,
  exitsAt,
  isWaiting,
  type JourneyDefinition,
  type JourneyNode,
  nodeExits,
  nodeExitsMax,
} from '@chaoxi/contract'
import { Link } from '@tanstack/react-router'
import { Button, Dropdown, Input, Segmented, Select } from 'antd'
import { useEndpoint } from '../../api/hooks.ts'
import { useLanguage, useT } from '../../i18n/index.ts'
import { MatchEditor } from '../../rules/event-editor.tsx'
import { useKindMenu } from '../canvas/flow-way.tsx'
import { canRemove, type GraphAction } from '../canvas/graph.ts'
import { mainExit, type NodePatch } from '../canvas/node-edits.ts'
import type { JourneyProblem } from '../canvas/problems.ts'
import { exitWord, type JourneyNaming, nodeTitle } from '../words/node-words.ts'
import { journeyTexts } from '../words/texts.ts'
import { AttemptFields } from './attempt-fields.tsx'
import { StartJourneyFields, StopJourneyFields } from './call-fields.tsx'
import { RepeatFields, WaitRuleFields } from './check-fields.tsx'
import { AttributeFields, GrantFields, TagFields } from './deed-fields.tsx'
import { ExitFields } from './exit-fields.tsx'
import { DurationInput, Field, RuleField, SinceField } from './fields.tsx'
import { HoldoutFields, WinnerFields } from './lot-fields.tsx'
import { MessageTestFields } from './message-fields.tsx'
import { RunFilterFields } from './run-filter-fields.tsx'
import { TaskFields } from './task-fields.tsx'
import { UntilFields } from './until-fields.tsx'
import { BranchFields, SplitFields, TriggerFilterFields } from './way-fields.tsx'
import { WebhookFields } from './webhook-fields.tsx'

export interface NodePanelProps {
  definition: JourneyDefinition
  node: JourneyNode
  naming: JourneyNaming
  problems: readonly JourneyProblem[]
  onAction: (action: GraphAction, merge?: string) => void
}

/** The form of one step, typed by its kind, with what can be done with it. */
export function NodePanel({ definition, node, naming, problems, onAction }: NodePanelProps) {
  const t = useT(journeyTexts)
  const patch = (change: NodePatch) => onAction({ type: 'patch', id: node.id, patch: change }, `${node.id} ${Object.keys(change).join()}`)
  return (
    <div>
      <h2 className="side-title">
        <span>{t(`kind_${node.kind}`)}</span>
        <code className="muted">{node.id}</code>
      </h2>
      {problems.map((problem) => (
        <div key={problem.text} className="rule-problem" role="alert">
          {problem.text}
        </div>
      ))}
      <KindFields node={node} definition={definition} patch={patch} onAction={onAction} />
      <Field label={t('nodeName')}>
        <Input
          value={node.name}
          maxLength={100}
          aria-label={t('nodeName')}
          placeholder={t('nodeNamePlaceholder')}
          onChange={(event) => patch({ name: event.target.value })}
        />
      </Field>
      {isWaiting(node) && (
        <div className="side-section">
          <h3>{t('exitsHere')}</h3>
          <ExitFields
            exits={exitsAt(node)}
            max={nodeExitsMax}
            hint={t(exitsAt(node).length === 0 ? 'exitsHereNone' : 'exitsHereHint')}
            onChange={(exits) => patch({ exits })}
          />
        </div>
      )}
      <Ways definition={definition} node={node} naming={naming} onAction={onAction} />
      <Actions definition={definition} node={node} onAction={onAction} />
    </div>
  )
}

interface KindFieldsProps {
  node: JourneyNode
  definition: JourneyDefinition
  patch: (change: NodePatch) => void
  onAction: (action: GraphAction, merge?: string) => void
}

function KindFields({ node, definition, patch, onAction }: KindFieldsProps) {
  const t = useT(journeyTexts)
  const { trigger } = definition
  switch (node.kind) {
    case 'send':
      return <SendFields node={node} patch={patch} />
    case 'wait':
      return (
        <>
          <Field label={t('duration')}>
            <DurationInput value={node.duration} label={t('duration')} onChange={(duration) => patch({ duration })} />
          </Field>
          <SinceField since={node.since} onChange={(since) => patch({ since })} />
        </>
      )
    case 'wait_event':
      return (
        <>
          <Field label={t('match')}>
            <MatchEditor match={node.match} onChange={(match) => patch({ match })} />
          </Field>
          <Field label={t('timeout')}>
            <DurationInput value={node.timeout} label={t('timeout')} onChange={(timeout) => patch({ timeout })} />
          </Field>
          <SinceField since={node.since} onChange={(since) => patch({ since })} />
        </>
      )
    case 'wait_until':
      return <UntilFields until={node.until} onChange={(until) => onAction({ type: 'until', id: node.id, until }, `${node.id} until`)} />
    case 'wait_rule':
      return <WaitRuleFields node={node} definition={definition} patch={patch} />
    case 'repeat_check':
      return <RepeatFields node={node} patch={patch} />
    case 'grant':
      return <GrantFields node={node} patch={patch} />
    case 'set_tag':
      return <TagFields node={node} patch={patch} />
    case 'set_attribute':
      return <AttributeFields node={node} definition={definition} patch={patch} />
    case 'start_journey':
      return <StartJourneyFields node={node} definition={definition} patch={patch} />
    case 'stop_journey':
      return <StopJourneyFields node={node} patch={patch} />
    case 'webhook':
      return <WebhookFields node={node} definition={definition} patch={patch} />
    case 'condition':
      return (
        <Field label={t('rule')}>
          <RuleField rule={node.rule} title={t('rule')} onChange={(rule) => patch({ rule })} />
          <TriggerFilterFields trigger={trigger} filters={node.triggerFilters} onChange={(triggerFilters) => patch({ triggerFilters })} />
          <RunFilterFields
            definition={definition}
            nodeId={node.id}
            filters={node.runFilters}
            onChange={(runFilters) => patch({ runFilters })}
          />
          <MessageTestFields definition={definition} test={node.message} onChange={(message) => patch({ message })} />
        </Field>
      )
    case 'branch':
      return <BranchFields node={node} definition={definition} patch={patch} onAction={onAction} />
    case 'split':
      return (
        <>
          <SplitFields node={node} patch={patch} onAction={onAction} />
          <WinnerFields node={node} definition={definition} patch={patch} />
        </>
      )
    case 'holdout':
      return <HoldoutFields node={node} patch={patch} onAction={onAction} />
    case 'human_task':
      return <TaskFields node={node} patch={patch} onAction={onAction} />
    case 'exit':
      return (
        <Field label={t('result')}>
          <Input
            value={node.result}
            maxLength={100}
            aria-label={t('result')}
            placeholder={t('resultPlaceholder')}
            onChange={(event) => patch({ result: event.target.value })}
          />
        </Field>
      )
  }
}

function SendFields({ node, patch }: { node: Extract<JourneyNode, { kind: 'send' }>; patch: (change: NodePatch) => void }) {
  const t = useT(journeyTexts)
  const templates = useEndpoint('templates').data?.items.filter(
    (template) => template.channel === node.channel && template.status === 'active',
  )
  return (
    <>
      <Field label={t('channel')}>
        <Segmented
          value={node.channel}
          options={channels.map((channel) => ({ value: channel, label: t(`channel_${channel}`) }))}
          onChange={(channel) => channel !== node.channel && patch({ channel, template: '' })}
        />
      </Field>
      <Field label={t('template')}>
        <Select
          showSearch={{ optionFilterProp: 'label' }}
          value={node.template === '' ? null : node.template}
          placeholder={t('templateMissing')}
          aria-label={t('template')}
          status={node.template === '' ? 'error' : ''}
          style={{ width: '100%' }}
          notFoundContent={t('templateNone')}
          options={(templates ?? []).map((template) => ({ value: template.key, label: template.name }))}
          onChange={(template) => patch({ template })}
        />
        <div className="side-hint">
          {node.template === '' ? (
            <Link to="/templates" search={{ create: node.channel }}>
              {t('templateNew')}
            </Link>
          ) : (
            <Link to="/templates/$key" params={{ key: node.template }}>
              {t('templateOpen')}
            </Link>
          )}
        </div>
      </Field>
      <Field label={t('purpose')} hint={t(`purposeHint_${node.purpose}`)}>
        <Segmented
          value={node.purpose}
          options={(['marketing', 'transactional'] as const).map((purpose) => ({ value: purpose, label: t(`purpose_${purpose}`) }))}
          onChange={(purpose) => patch({ purpose })}
        />
      </Field>
      <AttemptFields node={node} patch={patch} />
      <Unless unless={node.unless ?? []} onChange={(unless) => patch({ unless })} />
    </>
  )
}

/** The contract's limit. */
const unlessMax = 10

/** What makes a message that waits (quiet hours, a popup for its visitor) pointless when it happens meanwhile. */
function Unless({ unless, onChange }: { unless: readonly EventMatch[]; onChange: (unless: EventMatch[]) => void }) {
  const t = useT(journeyTexts)
  return (
    <Field label={t('unless')} hint={t(unless.length === 0 ? 'unlessNone' : 'unlessHint')}>
      {unless.map((match, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: they may repeat, and have no identity but their place.
        <div key={index} className="exit-item">
          <MatchEditor match={match} onChange={(next) => onChange(unless.map((old, at) => (at === index ? next : old)))} />
          <Button type="text" size="small" icon={<DeleteOutlined />} onClick={() => onChange(unless.filter((_, at) => at !== index))}>
            {t('unlessRemove')}
          </Button>
        </div>
      ))}
      {unless.length < unlessMax && (
        <div>
          <Button size="small" icon={<PlusOutlined />} onClick={() => onChange([...unless, { event: '', filters: [] }])}>
            {t('unlessAdd')}
          </Button>
        </div>
      )}
    </Field>
  )
}

/** Where each way out leads: the same as dragging an edge, for the keyboard. */
function Ways({ definition, node, naming, onAction }: Omit<NodePanelProps, 'problems'>) {
  const t = useT(journeyTexts)
  const language = useLanguage()
  const exits = nodeExits(node)
  if (exits.length === 0) return null
  return (
    <div className="side-section">
      <h3>{t('next')}</h3>
      {exits.map(({ field, to }) => (
        <Field key={field} label={exitWord(node, field, language) ?? t('leadsTo')}>
          <Select
            value={to}
            aria-label={`${exitWord(node, field, language) ?? ''} ${t('leadsTo')}`}
            style={{ width: '100%' }}
            showSearch={{ optionFilterProp: 'label' }}
            options={definition.nodes
              .filter((other) => other.id !== node.id)
              .map((other) => ({ value: other.id, label: nodeTitle(other, naming) }))}
            onChange={(target) => onAction({ type: 'connect', edge: { from: node.id, field }, to: target })}
          />
        </Field>
      ))}
    </div>
  )
}

function Actions({
  definition,
  node,
  onAction,
}: {
  definition: JourneyDefinition
  node: JourneyNode
  onAction: (action: GraphAction) => void
}) {
  const t = useT(journeyTexts)
  const menu = useKindMenu((kind) => onAction({ type: 'insert', edge: { from: node.id, field: mainExit(node) ?? 'next' }, kind }))
  const removable = canRemove(definition, node.id)
  return (
    <div className="side-actions">
      {node.kind !== 'exit' && (
        <>
          <Dropdown trigger={['click']} menu={menu}>
            <Button size="small" icon={<PlusOutlined />}>
              {t('addAfter')}
            </Button>
          </Dropdown>
          <Button size="small" icon={<CopyOutlined />} onClick={() => onAction({ type: 'duplicate', id: node.id })}>
            {t('duplicate')}
          </Button>
        </>
      )}
      <Button
        size="small"
        danger
        icon={<DeleteOutlined />}
        disabled={!removable}
        title={removable ? t('remove') : t('removeExitBlocked')}
        onClick={() => onAction({ type: 'remove', id: node.id })}
      >
        {t('remove')}
      </Button>
      {!removable && <div className="side-hint">{t('removeExitBlocked')}</div>}
    </div>
  )
}
