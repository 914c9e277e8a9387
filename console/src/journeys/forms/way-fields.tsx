import { ArrowDownOutlined, ArrowUpOutlined, DeleteOutlined, PlusOutlined } from '@ant-design/icons'
import {
  isDateFilter,
  type JourneyDefinition,
  type JourneyNode,
  type PropertyFilter,
  replyEvent,
  shareMin,
  type Trigger,
  waysMax,
} from '@chaoxi/contract'
import { Button, Checkbox, Input, InputNumber } from 'antd'
import { useLanguage, useT } from '../../i18n/index.ts'
import { FilterList } from '../../rules/filter-list.tsx'
import { IconButton } from '../../ui/index.ts'
import type { GraphAction } from '../canvas/graph.ts'
import { type NodePatch, type NodeWithWays, wayPatch, waysMin } from '../canvas/node-edits.ts'
import { wayName } from '../words/node-words.ts'
import { journeyTexts } from '../words/texts.ts'
import { Field, RuleField } from './fields.tsx'
import { MessageTestFields } from './message-fields.tsx'
import { RunFilterFields } from './run-filter-fields.tsx'

type Act = (action: GraphAction) => void
type Patch = (change: NodePatch) => void

/** What brought the customer in: tests of the trigger's properties, all of which must hold. */
/** Whose properties are offered. */
function eventOf(trigger: Trigger): string {
  if (trigger.kind === 'inbound_message') return replyEvent
  return 'event' in trigger ? trigger.event : trigger.kind
}

export function TriggerFilterFields({
  trigger,
  filters,
  onChange,
}: {
  trigger: Trigger
  filters: readonly PropertyFilter[] | undefined
  onChange: (filters: PropertyFilter[]) => void
}) {
  const t = useT(journeyTexts)
  return (
    <FilterList
      event={eventOf(trigger)}
      filters={filters ?? []}
      problems={[]}
      dates={false}
      before={t('triggerFilter')}
      add={t('triggerFilterAdd')}
      onChange={(next) => onChange(next.filter((filter) => !isDateFilter(filter)))}
    />
  )
}

/** The ways of a branch, asked from top to bottom. */
export function BranchFields({
  node,
  definition,
  patch,
  onAction,
}: {
  node: Extract<JourneyNode, { kind: 'branch' }>
  definition: JourneyDefinition
  patch: Patch
  onAction: Act
}) {
  const t = useT(journeyTexts)
  return (
    <Field label={t('branchWays')} hint={t('branchHint')}>
      {node.ways.map((way, index) => (
        <div key={way.id} className="exit-item" data-way={way.id}>
          <WayHead node={node} index={index} patch={patch} onAction={onAction} />
          <RuleField
            rule={way.rule}
            title={t('wayRule', { name: wayName(node, index) })}
            onChange={(rule) => patch(wayPatch(index, { rule }))}
          />
          <TriggerFilterFields
            trigger={definition.trigger}
            filters={way.triggerFilters}
            onChange={(triggerFilters) => patch(wayPatch(index, { triggerFilters }))}
          />
          <RunFilterFields
            definition={definition}
            nodeId={node.id}
            filters={way.runFilters}
            onChange={(runFilters) => patch(wayPatch(index, { runFilters }))}
          />
          <MessageTestFields definition={definition} test={way.message} onChange={(message) => patch(wayPatch(index, { message }))} />
        </div>
      ))}
      <AddWay node={node} onAction={onAction} />
    </Field>
  )
}

/** The groups of a split with their shares. */
export function SplitFields({ node, patch, onAction }: { node: Extract<JourneyNode, { kind: 'split' }>; patch: Patch; onAction: Act }) {
  const t = useT(journeyTexts)
  const cents = node.ways.reduce((sum, way) => sum + Math.round(way.share * 100), 0)
  return (
    <>
      <Field label={t('splitWays')} hint={t('splitHint')}>
        {node.ways.map((way, index) => (
          <div key={way.id} className="exit-item" data-way={way.id}>
            <WayHead node={node} index={index} patch={patch} onAction={onAction} />
            <div className="way-share">
              <InputNumber
                value={way.share}
                min={shareMin}
                max={node.ways.length === 2 ? 100 - shareMin : 100}
                precision={2}
                formatter={(value) => String(value ?? '')}
                suffix="%"
                aria-label={t('share')}
                style={{ width: 110 }}
                onChange={(share) => share !== null && patch(wayPatch(index, { share }))}
              />
              <Checkbox checked={way.control ?? false} onChange={(event) => patch(wayPatch(index, { control: event.target.checked }))}>
                {t('control')}
              </Checkbox>
            </div>
          </div>
        ))}
        <div className="way-foot">
          <AddWay node={node} onAction={onAction} />
          <Button size="small" type="text" onClick={() => onAction({ type: 'even', id: node.id })}>
            {t('sharesEven')}
          </Button>
          <span className={cents === 10_000 ? 'muted' : 'bad'}>{t('sharesSum', { sum: cents / 100 })}</span>
        </div>
        {node.ways.some((way) => way.control) && <div className="side-hint">{t('controlHint')}</div>}
      </Field>
      <Field label={t('seed')} hint={t('seedHint')}>
        <Input
          value={node.seed ?? ''}
          maxLength={100}
          aria-label={t('seed')}
          placeholder={t('seedPlaceholder')}
          onChange={(event) => patch({ seed: event.target.value })}
        />
      </Field>
    </>
  )
}

export function WayHead({ node, index, patch, onAction }: { node: NodeWithWays; index: number; patch: Patch; onAction: Act }) {
  const t = useT(journeyTexts)
  const language = useLanguage()
  const { id, ways } = node
  return (
    <div className="way-head">
      <Input
        value={ways[index]?.name ?? ''}
        maxLength={50}
        size="small"
        placeholder={wayName(node, index, language)}
        aria-label={t('wayName', { name: wayName(node, index, language) })}
        onChange={(event) => patch(wayPatch(index, { name: event.target.value }))}
      />
      <IconButton
        icon={<ArrowUpOutlined />}
        label={t('wayUp')}
        disabled={index === 0}
        onClick={() => onAction({ type: 'way_move', id, index, by: -1 })}
      />
      <IconButton
        icon={<ArrowDownOutlined />}
        label={t('wayDown')}
        disabled={index === ways.length - 1}
        onClick={() => onAction({ type: 'way_move', id, index, by: 1 })}
      />
      <IconButton
        icon={<DeleteOutlined />}
        label={t('wayRemove')}
        disabled={ways.length <= waysMin(node)}
        onClick={() => onAction({ type: 'way_remove', id, index })}
      />
    </div>
  )
}

export function AddWay({ node, onAction, max = waysMax }: { node: NodeWithWays; onAction: Act; max?: number }) {
  const t = useT(journeyTexts)
  if (node.ways.length >= max) return null
  return (
    <Button size="small" icon={<PlusOutlined />} onClick={() => onAction({ type: 'way_add', id: node.id })}>
      {t('wayAdd')}
    </Button>
  )
}
