import { DeleteOutlined, PlusOutlined } from '@ant-design/icons'
import { goalsOf, type JourneyDefinition, type JourneyGoal, mainGoalId, type NamedGoal, namedGoalsMax } from '@chaoxi/contract'
import { Button, Checkbox, Input, Segmented } from 'antd'
import { useLanguage, useT } from '../../i18n/index.ts'
import { MatchEditor } from '../../rules/event-editor.tsx'
import { IconButton } from '../../ui/index.ts'
import { goalTexts } from '../words/goal-texts.ts'
import { goalName } from '../words/goal-words.ts'
import { DurationInput, Field } from './fields.tsx'

type Goals = Pick<JourneyDefinition, 'goal' | 'goals'>

/** The journey's goal, and up to three more with names. */
export function GoalFields({ goals, onChange }: { goals: Goals; onChange: (goals: Partial<Goals>) => void }) {
  const t = useT(goalTexts)
  const language = useLanguage()
  const named = goals.goals ?? []
  const setNamed = (next: NamedGoal[]) => onChange({ goals: next.length > 0 ? next : undefined })
  return (
    <div className="side-section">
      <h3>{t('goal')}</h3>
      <p className="side-hint">{t('goalHint')}</p>
      {goalsOf(goals).map((goal, index) => (
        <div key={goal.id} className="exit-item" data-goal={goal.id}>
          <div className="side-title">
            <span>{goalName(goal, index, language)}</span>
            {goal.id !== mainGoalId && (
              <IconButton
                icon={<DeleteOutlined />}
                label={t('goalRemove')}
                onClick={() => setNamed(named.filter((one) => one.id !== goal.id))}
              />
            )}
          </div>
          {goal.id === mainGoalId ? (
            <OneGoal goal={goals.goal} onChange={(next) => onChange({ goal: next })} />
          ) : (
            <>
              <Field label={t('goalName')}>
                <Input
                  value={goal.name}
                  maxLength={50}
                  aria-label={t('goalName')}
                  onChange={(event) => setNamed(named.map((one) => (one.id === goal.id ? { ...one, name: event.target.value } : one)))}
                />
              </Field>
              <OneGoal
                goal={goal}
                onChange={(next) => setNamed(named.map((one) => (one.id === goal.id ? { ...next, id: one.id, name: one.name } : one)))}
              />
            </>
          )}
        </div>
      ))}
      {named.length < namedGoalsMax && (
        <Button size="small" icon={<PlusOutlined />} onClick={() => setNamed([...named, newGoal(named)])}>
          {t('goalAdd')}
        </Button>
      )}
    </div>
  )
}

function OneGoal({ goal, onChange }: { goal: JourneyGoal; onChange: (goal: JourneyGoal) => void }) {
  const t = useT(goalTexts)
  const { filters = [], since = 'entry', leave = false } = goal
  return (
    <>
      <Field label={t('goalEvent')}>
        <MatchEditor match={{ event: goal.event, filters }} onChange={(match) => onChange({ ...goal, ...match })} />
      </Field>
      <Field label={t('goalWindow')}>
        <DurationInput value={goal.window} label={t('goalWindow')} onChange={(window) => onChange({ ...goal, window })} />
      </Field>
      <Field label={t('goalSince')}>
        <Segmented
          value={since}
          options={(['entry', 'message'] as const).map((value) => ({ value, label: t(`since_${value}`) }))}
          onChange={(value) => onChange({ ...goal, since: value })}
        />
      </Field>
      <Checkbox checked={leave} onChange={(event) => onChange({ ...goal, leave: event.target.checked })}>
        {t('goalLeave')}
      </Checkbox>
    </>
  )
}

function newGoal(named: readonly NamedGoal[]): NamedGoal {
  const id = ['a', 'b', 'c'].find((one) => named.every((goal) => goal.id !== one)) ?? 'd'
  return { id, name: '', event: '', filters: [], window: { amount: 3, unit: 'day' } }
}
