import { ArrowDownOutlined, ArrowUpOutlined, CloseOutlined, DeleteOutlined, PlusOutlined } from '@ant-design/icons'
import type { SequenceMatch, SequenceRule, SequenceStep } from '@chaoxi/contract'
import { Button, Checkbox } from 'antd'
import { useT } from '../i18n/index.ts'
import { IconButton } from '../ui/index.ts'
import { MatchConditions } from './match-conditions.tsx'
import { EventPicker, PropertyPicker, useKnownProperties } from './pickers.tsx'
import { type RuleProblem, under } from './rule-problems.ts'
import {
  addStep,
  linkOf,
  negativeMatch,
  removeStep,
  swapStep,
  unlinked,
  withLink,
  withNoneAfter,
  withStep,
  withWithout,
} from './sequence-editing.ts'
import { SpanInput } from './span-input.tsx'
import { ruleTexts } from './texts.ts'
import { DateWindowEditor, WindowEditor } from './window-editor.tsx'

interface SequenceEditorProps {
  rule: SequenceRule
  problems: readonly RuleProblem[]
  onChange: (rule: SequenceRule) => void
}

const stepsMax = 10
const negativesMax = 5

/** First this, then that within so long, nothing of these in between, all of the same item. */
export function SequenceEditor({ rule, problems, onChange }: SequenceEditorProps) {
  const t = useT(ruleTexts)
  const { within, ...open } = rule
  return (
    <div className="event-editor">
      <div className="rule-fields">
        <WindowEditor
          window={rule.window}
          invalid={under(problems, 'window').length > 0}
          onChange={(window) => onChange({ ...rule, window })}
        />
        <LinkFields rule={rule} onChange={onChange} />
        <SpanInput
          span={within ?? null}
          label={t('sequenceWithin')}
          onChange={(span) => onChange({ ...rule, within: span })}
          onClear={() => onChange(open)}
        />
      </div>
      <ol className="rule-steps">
        {rule.steps.map((step, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: they may repeat, and have no identity but their place.
          <li key={index}>
            <Step rule={rule} step={step} index={index} problems={under(problems, `steps.${index}`)} onChange={onChange} />
          </li>
        ))}
      </ol>
      <Button
        type="link"
        size="small"
        className="rule-add-filter"
        icon={<PlusOutlined />}
        disabled={rule.steps.length >= stepsMax}
        onClick={() => onChange(addStep(rule))}
      >
        {t('addStep')}
      </Button>
      <Negatives
        rule={rule}
        matches={rule.noneAfter ?? []}
        before={t('noneAfter')}
        add={t('addNoneAfter')}
        problems={under(problems, 'noneAfter')}
        onChange={(noneAfter) => onChange(withNoneAfter(rule, noneAfter))}
      />
    </div>
  )
}

/** Whether all steps are about the same thing, and which property says so. */
function LinkFields({ rule, onChange }: { rule: SequenceRule; onChange: (rule: SequenceRule) => void }) {
  const t = useT(ruleTexts)
  const link = linkOf(rule)
  const known = useKnownProperties(rule.steps[0]?.event ?? '')
  return (
    <>
      <Checkbox checked={link !== null} onChange={(event) => onChange(withLink(rule, event.target.checked ? '' : null))}>
        {t('sameItem')}
      </Checkbox>
      {link !== null && (
        <PropertyPicker value={link} known={known} width={130} invalid={link === ''} onChange={(next) => onChange(withLink(rule, next))} />
      )}
    </>
  )
}

interface StepProps {
  rule: SequenceRule
  step: SequenceStep
  index: number
  problems: readonly RuleProblem[]
  onChange: (rule: SequenceRule) => void
}

function Step({ rule, step, index, problems, onChange }: StepProps) {
  const t = useT(ruleTexts)
  const change = (next: SequenceStep) => onChange(withStep(rule, index, next))
  const first = index === 0
  return (
    <>
      <div className="rule-fields">
        <span className="rule-step-word">{t(first ? 'stepFirst' : 'stepThen')}</span>
        {!first && <PauseFields step={step} problems={problems} onChange={change} />}
        <EventPicker value={step.event} invalid={under(problems, 'event').length > 0} onChange={(event) => change({ ...step, event })} />
        <StepWhen step={step} invalid={under(problems, 'when').length > 0} onChange={change} />
        <span className="rule-actions">
          <IconButton icon={<ArrowUpOutlined />} label={t('stepUp')} disabled={first} onClick={() => onChange(swapStep(rule, index - 1))} />
          <IconButton
            icon={<ArrowDownOutlined />}
            label={t('stepDown')}
            disabled={index === rule.steps.length - 1}
            onClick={() => onChange(swapStep(rule, index))}
          />
          <IconButton
            icon={<DeleteOutlined />}
            label={t('removeStep')}
            disabled={rule.steps.length === 1}
            onClick={() => onChange(removeStep(rule, index))}
          />
        </span>
      </div>
      <MatchConditions match={step} problems={under(problems, 'filters')} onChange={change} />
      {!first && (
        <Negatives
          rule={rule}
          matches={step.without ?? []}
          before={t('without')}
          add={t('addWithout')}
          problems={under(problems, 'without')}
          onChange={(without) => change(withWithout(step, without))}
        />
      )}
    </>
  )
}

interface StepPartProps {
  step: SequenceStep
  onChange: (step: SequenceStep) => void
}

/** How long after the step before: at least, at most. */
function PauseFields({ step, problems, onChange }: StepPartProps & { problems: readonly RuleProblem[] }) {
  const t = useT(ruleTexts)
  const { after, ...soon } = step
  const { within, ...late } = step
  return (
    <>
      <SpanInput
        span={after ?? null}
        label={t('after')}
        invalid={under(problems, 'after').length > 0}
        onChange={(span) => onChange({ ...step, after: span })}
        onClear={() => onChange(soon)}
      />
      <SpanInput
        span={within ?? null}
        label={t('within')}
        onChange={(span) => onChange({ ...step, within: span })}
        onClear={() => onChange(late)}
      />
    </>
  )
}

/** Where the step must lie besides the window of all. */
function StepWhen({ step, invalid, onChange }: StepPartProps & { invalid: boolean }) {
  const t = useT(ruleTexts)
  const { when, ...open } = step
  if (when === undefined)
    return (
      <Button size="small" type="dashed" onClick={() => onChange({ ...step, when: { kind: 'rolling', amount: 7, unit: 'day' } })}>
        {t('stepWhen')}
      </Button>
    )
  return (
    <>
      <span className="muted">{t('stepWhen')}</span>
      <DateWindowEditor window={when} invalid={invalid} onChange={(next) => onChange({ ...step, when: next })} />
      <IconButton icon={<CloseOutlined />} label={t('clearSpan', { label: t('stepWhen') })} onClick={() => onChange(open)} />
    </>
  )
}

interface NegativesProps {
  rule: SequenceRule
  matches: readonly SequenceMatch[]
  before: string
  add: string
  problems: readonly RuleProblem[]
  onChange: (matches: SequenceMatch[]) => void
}

/** What must not have happened, between two steps or after the last. */
function Negatives({ rule, matches, before, add, problems, onChange }: NegativesProps) {
  const t = useT(ruleTexts)
  const link = linkOf(rule)
  const change = (index: number, next: SequenceMatch) => onChange(matches.map((old, at) => (at === index ? next : old)))
  return (
    <>
      {matches.map((match, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: they have no identity but their place.
        <div key={index} className="rule-negative">
          <div className="rule-fields">
            <span className="muted">{index === 0 ? before : t('or')}</span>
            <EventPicker
              value={match.event}
              invalid={under(problems, `${index}.event`).length > 0}
              onChange={(event) => change(index, { ...match, event })}
            />
            {link !== null && (
              <Checkbox
                checked={match.link !== undefined}
                onChange={(event) => change(index, event.target.checked ? { ...match, link } : unlinked(match))}
              >
                {t('sameItem')}
              </Checkbox>
            )}
            <IconButton
              icon={<DeleteOutlined />}
              label={t('removeNegative')}
              onClick={() => onChange(matches.filter((_, at) => at !== index))}
            />
          </div>
          <MatchConditions match={match} problems={under(problems, `${index}.filters`)} onChange={(next) => change(index, next)} />
        </div>
      ))}
      <Button
        type="link"
        size="small"
        className="rule-add-filter"
        icon={<PlusOutlined />}
        disabled={matches.length >= negativesMax}
        onClick={() => onChange([...matches, negativeMatch(rule)])}
      >
        {add}
      </Button>
    </>
  )
}
