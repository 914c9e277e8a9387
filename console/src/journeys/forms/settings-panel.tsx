import { PlusOutlined } from '@ant-design/icons'
import { type JourneyDefinition, journeyExitsMax } from '@chaoxi/contract'
import { Button, Input } from 'antd'
import { useT } from '../../i18n/index.ts'
import { everyone } from '../../rules/rule-editing.ts'
import type { Draft, DraftAction } from '../canvas/draft.ts'
import type { JourneyProblem } from '../canvas/problems.ts'
import { NextTimes } from '../watching/occurrences.tsx'
import { journeyTexts } from '../words/texts.ts'
import { LimitFields, ReentryFields } from './entry-fields.tsx'
import { ExitFields } from './exit-fields.tsx'
import { Field, RuleField } from './fields.tsx'
import { GoalFields } from './goal-fields.tsx'
import { TriggerFields } from './trigger-fields.tsx'

export interface SettingsPanelProps {
  draft: Draft
  problems: readonly JourneyProblem[]
  /** When the stored draft would be due next by the clock. */
  next: readonly string[]
  onAction: (action: DraftAction, merge?: string) => void
}

/** Who enters when, who leaves early, what counts as success: the journey beyond its steps. */
export function SettingsPanel({ draft, problems, next, onAction }: SettingsPanelProps) {
  const t = useT(journeyTexts)
  const { definition } = draft
  const set = (patch: Partial<Omit<JourneyDefinition, 'nodes' | 'start'>>) =>
    onAction({ type: 'settings', patch }, `settings ${Object.keys(patch).join()}`)
  return (
    <div>
      <h2 className="side-title">{t('triggerTitle')}</h2>
      {problems.map((problem) => (
        <div key={problem.text} className="rule-problem" role="alert">
          {problem.text}
        </div>
      ))}
      <TriggerFields trigger={definition.trigger} onChange={(trigger) => set({ trigger })} />
      {(definition.trigger.kind === 'schedule' || definition.trigger.kind === 'date') && (
        <div className="side-field">
          <NextTimes next={next} />
        </div>
      )}
      <Field label={t('entryRule')} {...(definition.entryRule === undefined ? { hint: t('entryRuleNone') } : {})}>
        {definition.entryRule === undefined ? (
          <Button size="small" icon={<PlusOutlined />} onClick={() => set({ entryRule: everyone })}>
            {t('ruleSet')}
          </Button>
        ) : (
          <RuleField
            rule={definition.entryRule}
            title={t('entryRule')}
            onChange={(entryRule) => set({ entryRule })}
            onClear={() => set({ entryRule: undefined })}
          />
        )}
      </Field>
      <Field label={t('reentry')}>
        <ReentryFields reentry={definition.reentry} trigger={definition.trigger} onChange={(reentry) => set({ reentry })} />
      </Field>
      <LimitFields limits={definition.limits} onChange={(limits) => set({ limits })} />
      <div className="side-section">
        <h3>{t('exits')}</h3>
        <ExitFields
          exits={definition.exits}
          max={journeyExitsMax}
          hint={t(definition.exits.length === 0 ? 'exitsNone' : 'exitsHint')}
          onChange={(exits) => set({ exits })}
        />
      </div>
      <GoalFields goals={definition} onChange={set} />
      <div className="side-section">
        <Field label={t('name')}>
          <Input
            value={draft.name}
            maxLength={100}
            aria-label={t('name')}
            status={draft.name.trim() === '' ? 'error' : ''}
            onChange={(event) => onAction({ type: 'facts', patch: { name: event.target.value } }, 'name')}
          />
        </Field>
        <Field label={t('description')}>
          <Input.TextArea
            value={draft.description}
            maxLength={1000}
            autoSize={{ minRows: 2, maxRows: 6 }}
            aria-label={t('description')}
            onChange={(event) => onAction({ type: 'facts', patch: { description: event.target.value } }, 'description')}
          />
        </Field>
      </div>
    </div>
  )
}
