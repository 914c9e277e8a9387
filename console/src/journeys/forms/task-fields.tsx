import { type HumanTaskNode, outcomesMax, type TaskFor, taskRoles } from '@chaoxi/contract'
import { Input, Segmented, Select } from 'antd'
import { useEndpoint } from '../../api/hooks.ts'
import { useLanguage, useT } from '../../i18n/index.ts'
import type { GraphAction } from '../canvas/graph.ts'
import type { NodePatch } from '../canvas/node-edits.ts'
import { taskNodeTexts } from '../words/task-texts.ts'
import { roleWord } from '../words/task-words.ts'
import { DurationInput, Field } from './fields.tsx'
import { AddWay, WayHead } from './way-fields.tsx'

interface TaskFieldsProps {
  node: HumanTaskNode
  patch: (change: NodePatch) => void
  onAction: (action: GraphAction) => void
}

/** What a colleague is to do, who, within what time, and the results they choose from. */
export function TaskFields({ node, patch, onAction }: TaskFieldsProps) {
  const t = useT(taskNodeTexts)
  return (
    <>
      <Field label={t('title')}>
        <Input
          value={node.title}
          maxLength={200}
          aria-label={t('title')}
          placeholder={t('titlePlaceholder')}
          status={node.title.trim() === '' ? 'error' : ''}
          onChange={(event) => patch({ title: event.target.value })}
        />
      </Field>
      <Field label={t('instructions')} hint={t('textHint')}>
        <Input.TextArea
          value={node.instructions}
          maxLength={2_000}
          autoSize={{ minRows: 3, maxRows: 12 }}
          aria-label={t('instructions')}
          placeholder={t('instructionsPlaceholder')}
          onChange={(event) => patch({ instructions: event.target.value })}
        />
      </Field>
      <Field label={t('who')} hint={t('whoHint')}>
        <WhoFields who={node.who} onChange={(who) => patch({ who })} />
      </Field>
      <Field label={t('due')} hint={t('dueHint')}>
        <DurationInput value={node.due} label={t('due')} onChange={(due) => patch({ due })} />
      </Field>
      <Field label={t('priority')} hint={t('priorityHint')}>
        <Segmented
          value={node.priority}
          options={(['normal', 'high'] as const).map((priority) => ({ value: priority, label: t(`priority_${priority}`) }))}
          onChange={(priority) => patch({ priority })}
        />
      </Field>
      <Field label={t('outcomes')} hint={t('outcomesHint')}>
        {node.ways.map((way, index) => (
          <div key={way.id} className="exit-item" data-way={way.id}>
            <WayHead node={node} index={index} patch={patch} onAction={onAction} />
          </div>
        ))}
        <AddWay node={node} onAction={onAction} max={outcomesMax} />
      </Field>
    </>
  )
}

/** Anybody, a role, or one colleague; those who may not work on tasks are not offered. */
export function WhoFields({ who, onChange }: { who: TaskFor; onChange: (who: TaskFor) => void }) {
  const t = useT(taskNodeTexts)
  const language = useLanguage()
  const members = useEndpoint('members').data?.items.filter(({ role }) => taskRoles.includes(role))
  const options = (members ?? []).map(({ email, name, role }) => ({
    value: email,
    label: `${name || email} · ${roleWord(role, language)}`,
  }))
  const gone = who.kind === 'member' && who.email !== '' && members !== undefined && !members.some((one) => one.email === who.email)
  const choose = (kind: TaskFor['kind']): TaskFor =>
    kind === 'role' ? { kind, role: 'agent' } : kind === 'member' ? { kind, email: '' } : { kind }
  return (
    <>
      <Segmented
        value={who.kind}
        options={(['anyone', 'role', 'member'] as const).map((kind) => ({ value: kind, label: t(`who_${kind}`) }))}
        onChange={(kind) => kind !== who.kind && onChange(choose(kind))}
      />
      {who.kind === 'role' && (
        <Select
          value={who.role}
          aria-label={t('role')}
          style={{ width: '100%' }}
          options={taskRoles.map((role) => ({ value: role, label: roleWord(role, language) }))}
          onChange={(role) => onChange({ kind: 'role', role })}
        />
      )}
      {who.kind === 'member' && (
        <Select
          showSearch={{ optionFilterProp: 'label' }}
          value={who.email === '' ? null : who.email}
          aria-label={t('member')}
          placeholder={t('memberMissing')}
          status={who.email === '' || gone ? 'error' : ''}
          style={{ width: '100%' }}
          options={gone ? [...options, { value: who.email, label: t('memberGone', { email: who.email }) }] : options}
          onChange={(email) => onChange({ kind: 'member', email })}
        />
      )}
    </>
  )
}
