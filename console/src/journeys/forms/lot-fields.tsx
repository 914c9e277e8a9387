import { goalsOf, type JourneyDefinition, type JourneyNode, mainGoalId, measuredResults, shareMin, type Winner } from '@chaoxi/contract'
import { Button, InputNumber, Segmented, Select, Space, Switch } from 'antd'
import { useState } from 'react'
import { useEndpoint } from '../../api/hooks.ts'
import { useLanguage, useT } from '../../i18n/index.ts'
import { MatchEditor } from '../../rules/event-editor.tsx'
import type { GraphAction } from '../canvas/graph.ts'
import type { NodePatch } from '../canvas/node-edits.ts'
import { goalName } from '../words/goal-words.ts'
import { lotTexts } from '../words/lot-texts.ts'
import { wayName } from '../words/node-words.ts'
import { DurationInput, Field } from './fields.tsx'
import { HoldoutGroups } from './holdout-groups.tsx'

type Patch = (change: NodePatch) => void

const usual: Winner = {
  explore: 20,
  for: { amount: 1, unit: 'day' },
  measure: { kind: 'goal', goal: mainGoalId },
  within: { amount: 1, unit: 'day' },
  enough: 95,
}

/** Whether some try the ways first, and the rest follow the one that does best. */
export function WinnerFields({
  node,
  definition,
  patch,
}: {
  node: Extract<JourneyNode, { kind: 'split' }>
  definition: JourneyDefinition
  patch: Patch
}) {
  const t = useT(lotTexts)
  const { winner } = node
  return (
    <div className="side-section" data-winner>
      <div className="side-title">
        <h3>{t('winner')}</h3>
        <Switch
          size="small"
          checked={winner !== undefined}
          aria-label={t('winner')}
          onChange={(on) => patch({ winner: on ? usual : null })}
        />
      </div>
      <p className="side-hint">{t('winnerHint')}</p>
      {winner !== undefined && (
        <Contest node={node} winner={winner} definition={definition} set={(change) => patch({ winner: { ...winner, ...change } })} />
      )}
    </div>
  )
}

function Percent({
  value,
  label,
  min,
  max,
  onChange,
}: {
  value: number
  label: string
  min: number
  max: number
  onChange: (value: number) => void
}) {
  return (
    <InputNumber
      value={value}
      min={min}
      max={max}
      precision={2}
      formatter={(shown) => String(shown ?? '')}
      suffix="%"
      aria-label={label}
      style={{ width: 110 }}
      onChange={(next) => next !== null && onChange(next)}
    />
  )
}

interface ContestProps {
  node: Extract<JourneyNode, { kind: 'split' }>
  winner: Winner
  definition: JourneyDefinition
  set: (change: Partial<Winner>) => void
}

function Contest({ node, winner, definition, set }: ContestProps) {
  const t = useT(lotTexts)
  const { otherwise, people } = winner
  return (
    <>
      <Field label={t('explore')} hint={t('exploreHint', { rest: Math.round((100 - winner.explore) * 100) / 100 })}>
        <Percent value={winner.explore} label={t('explore')} min={shareMin} max={99.99} onChange={(explore) => set({ explore })} />
      </Field>
      <Field label={t('for')} hint={t('forHint')}>
        <DurationInput value={winner.for} label={t('for')} onChange={(time) => set({ for: time })} />
      </Field>
      <MeasureFields winner={winner} definition={definition} set={set} />
      <Field label={t('within')} hint={t('withinHint')}>
        <DurationInput value={winner.within} label={t('within')} onChange={(within) => set({ within })} />
      </Field>
      <Field label={t('people')} hint={t('peopleHint')}>
        <InputNumber
          value={people ?? null}
          min={1}
          max={100_000}
          precision={0}
          suffix={t('peopleUnit')}
          aria-label={t('people')}
          style={{ width: 140 }}
          onChange={(next) => set({ people: next ?? undefined })}
        />
      </Field>
      <Field label={t('enough')} hint={t('enoughHint')}>
        <Percent value={winner.enough} label={t('enough')} min={50} max={99.99} onChange={(enough) => set({ enough })} />
      </Field>
      <Field label={t('otherwise')}>
        <Select
          value={otherwise ?? ''}
          aria-label={t('otherwise')}
          style={{ width: '100%' }}
          options={[
            { value: '', label: t('otherwiseSpread') },
            ...node.ways.map(({ id }, i) => ({ value: id, label: t('otherwiseWay', { way: wayName(node, i) }) })),
          ]}
          onChange={(way) => set({ otherwise: way === '' ? undefined : way })}
        />
      </Field>
    </>
  )
}

function MeasureFields({ winner: { measure }, definition, set }: Omit<ContestProps, 'node'>) {
  const t = useT(lotTexts)
  const language = useLanguage()
  const kinds = {
    goal: { kind: 'goal', goal: mainGoalId },
    message: { kind: 'message', result: 'clicked' },
    event: { kind: 'event', event: '', filters: [] },
  } as const satisfies Record<string, Winner['measure']>
  return (
    <Field label={t('measure')}>
      <Segmented
        value={measure.kind}
        options={(['goal', 'message', 'event'] as const).map((value) => ({ value, label: t(`measure_${value}`) }))}
        onChange={(kind) => set({ measure: { ...kinds[kind] } as Winner['measure'] })}
      />
      {measure.kind === 'goal' && (
        <Select
          value={measure.goal}
          aria-label={t('measure_goal')}
          style={{ width: '100%' }}
          options={goalsOf(definition).map((goal, i) => ({ value: goal.id, label: goalName(goal, i, language) }))}
          onChange={(goal) => set({ measure: { kind: 'goal', goal } })}
        />
      )}
      {measure.kind === 'message' && (
        <Segmented
          value={measure.result}
          options={measuredResults.map((value) => ({ value, label: t(`result_${value}`) }))}
          onChange={(result) => set({ measure: { kind: 'message', result } })}
        />
      )}
      {measure.kind === 'event' && <MatchEditor match={measure} onChange={(match) => set({ measure: { kind: 'event', ...match } })} />}
    </Field>
  )
}

/** Whom the journey leaves alone, to see what it does to the others. */
export function HoldoutFields({
  node,
  patch,
  onAction,
}: {
  node: Extract<JourneyNode, { kind: 'holdout' }>
  patch: Patch
  onAction: (action: GraphAction) => void
}) {
  const t = useT(lotTexts)
  const [managing, setManaging] = useState(false)
  const groups = useEndpoint('holdoutGroups').data?.items ?? []
  const shared = node.group !== undefined
  return (
    <>
      <Field label={t('holdout')} hint={t('holdoutHint')}>
        <Segmented
          value={shared ? 'group' : 'own'}
          options={[
            { value: 'own', label: t('holdoutOwn') },
            { value: 'group', label: t('holdoutGroup') },
          ]}
          onChange={(value) => patch(value === 'group' ? { group: groups[0]?.key ?? '' } : { heldShare: 10 })}
        />
      </Field>
      {shared ? (
        <Field label={t('group')} hint={t('groupHint')}>
          <Space.Compact block>
            <Select
              value={node.group === '' ? null : (node.group ?? null)}
              placeholder={t('groupMissing')}
              aria-label={t('group')}
              status={node.group === '' ? 'error' : ''}
              style={{ width: '100%' }}
              notFoundContent={t('groupNone')}
              options={groups.map(({ key, name, share }) => ({ value: key, label: `${name} · ${share}%` }))}
              onChange={(group) => patch({ group })}
            />
            <Button onClick={() => setManaging(true)}>{t('groupManage')}</Button>
          </Space.Compact>
        </Field>
      ) : (
        <Field label={t('share')}>
          <Percent value={node.share ?? 0} label={t('share')} min={shareMin} max={100} onChange={(heldShare) => patch({ heldShare })} />
        </Field>
      )}
      <Field label={t('held')}>
        <Segmented
          value={node.held === undefined ? 'exit' : 'way'}
          options={[
            { value: 'exit', label: t('heldExit') },
            { value: 'way', label: t('heldWay') },
          ]}
          onChange={(value) => onAction({ type: 'held', id: node.id, own: value === 'way' })}
        />
      </Field>
      <HoldoutGroups open={managing} onClose={() => setManaging(false)} />
    </>
  )
}
