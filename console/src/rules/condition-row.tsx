import { DeleteOutlined, MoreOutlined } from '@ant-design/icons'
import type { Rule } from '@chaoxi/contract'
import { Button, Dropdown, Input, InputNumber, Select } from 'antd'
import type { ReactNode } from 'react'
import { useLanguage, useT } from '../i18n/index.ts'
import { DragGrip, IconButton } from '../ui/index.ts'
import { problemWords } from '../ui/problem-words.ts'
import { pathName, samePath, useBuilder } from './builder-context.ts'
import { EventEditor } from './event-editor.tsx'
import { FilterEditor } from './filter-editor.tsx'
import { OccurrenceEditor } from './occurrence-editor.tsx'
import { SegmentPicker, TagPicker, useKnownProperties, useTagValues } from './pickers.tsx'
import { PreferenceEditor } from './preference-editor.tsx'
import { isGroup, peel, type RulePath } from './rule-editing.ts'
import { type RuleProblem, under } from './rule-problems.ts'
import { ruleSentence } from './rule-sentence.ts'
import { SequenceEditor } from './sequence-editor.tsx'
import { ruleTexts } from './texts.ts'
import { useNaming } from './use-naming.ts'

export interface NodeProps {
  /** Where in the tree this node stands. */
  path: RulePath
  rule: Rule
}
type Leaf = Exclude<Rule, { kind: 'all' | 'any' | 'not' }>

const kindKeys = {
  event: 'kindEvent',
  attribute: 'kindAttribute',
  tag: 'kindTag',
  segment: 'kindSegment',
  occurrence: 'kindOccurrence',
  sequence: 'kindSequence',
  preference: 'kindPreference',
  random: 'kindRandom',
} as const

/** One condition: what kind it is, whether it is negated, its fields, and what can be done with it. */
export function ConditionRow({ path, rule }: NodeProps) {
  const t = useT(ruleTexts)
  const { problems, edit, opened } = useBuilder()
  const { inner, negated, depth } = peel(rule)
  if (isGroup(inner) || inner.kind === 'not') return null
  const innerPath = [...path, ...Array<number>(depth).fill(0)]
  const mine = problems.filter((problem) => samePath(problem.path, innerPath))
  const wrong = mine.filter((problem) => problem.level === 'error')
  const negate = () => edit({ type: 'negate', path })
  const membership = inner.kind === 'tag' || inner.kind === 'segment'
  if (opened !== 'all' && (opened === null || !samePath(opened, path))) return <ConditionLine path={path} rule={rule} problems={mine} />
  return (
    <RowFrame path={path} label={t(kindKeys[inner.kind])} problems={mine}>
      <div className="rule-kind">
        <div>{t(kindKeys[inner.kind])}</div>
        {!membership && negated && (
          <Button size="small" danger aria-pressed title={t('negateOff')} onClick={negate}>
            {t('negate')}
          </Button>
        )}
      </div>
      <div className="rule-row-body">
        <LeafEditor
          rule={inner}
          negated={negated}
          problems={wrong}
          onNegate={negate}
          onChange={(next) => edit({ type: 'set', path: innerPath, rule: next })}
        />
        <ProblemLines problems={mine} />
      </div>
      <RowActions path={path} negated={negated} canNegate={!membership} />
    </RowFrame>
  )
}

/** A condition of a long rule, closed: what it says, and what is wrong with it. */
function ConditionLine({ path, rule, problems }: NodeProps & { problems: readonly RuleProblem[] }) {
  const t = useT(ruleTexts)
  const { open } = useBuilder()
  const naming = useNaming()
  return (
    <RowFrame path={path} label={t('openCondition')} problems={problems} closed>
      <button type="button" className="rule-closed-text" tabIndex={-1} title={t('openCondition')} onClick={() => open(path)}>
        {ruleSentence(rule, naming)}
      </button>
      <ProblemLines problems={problems} />
    </RowFrame>
  )
}

interface RowFrameProps {
  path: RulePath
  label: string
  problems: readonly RuleProblem[]
  closed?: boolean
  children: ReactNode
}

/** What every condition stands in: it takes the keys (`rule-keys.ts`), and has what it is dragged by. */
function RowFrame({ path, label, problems, closed = false, children }: RowFrameProps) {
  const wrong = problems.some((problem) => problem.level === 'error')
  return (
    <section
      className={`rule-row${closed ? ' rule-closed' : ''}${wrong ? ' rule-row-wrong' : ''}`}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: the row itself takes the keys that move and open it.
      tabIndex={0}
      data-path={pathName(path)}
      aria-label={label}
    >
      <DragHandle path={path} />
      {children}
    </section>
  )
}

interface LeafProps<Kind extends Leaf = Leaf> {
  rule: Kind
  negated: boolean
  problems: readonly RuleProblem[]
  onNegate: () => void
  onChange: (rule: Rule) => void
}

function LeafEditor({ rule, ...rest }: LeafProps) {
  switch (rule.kind) {
    case 'event':
      return <EventEditor rule={rule} {...rest} />
    case 'occurrence':
      return <OccurrenceEditor rule={rule} {...rest} />
    case 'sequence':
      return <SequenceEditor rule={rule} {...rest} />
    case 'preference':
      return <PreferenceEditor rule={rule} {...rest} />
    case 'attribute':
      return <AttributeEditor rule={rule} {...rest} />
    case 'tag':
      return <TagEditor rule={rule} {...rest} />
    case 'segment':
      return <SegmentEditor rule={rule} {...rest} />
    case 'random':
      return <RandomEditor rule={rule} {...rest} />
  }
}

function AttributeEditor({ rule, problems, onChange }: LeafProps<Extract<Leaf, { kind: 'attribute' }>>) {
  const known = useKnownProperties(null)
  return (
    <div className="rule-fields">
      <FilterEditor
        filter={rule.filter}
        known={known}
        problems={under(problems, 'filter')}
        dates
        onChange={(filter) => onChange({ kind: 'attribute', filter })}
      />
    </div>
  )
}

function TagEditor({ rule, negated, problems, onNegate, onChange }: LeafProps<Extract<Leaf, { kind: 'tag' }>>) {
  const t = useT(ruleTexts)
  const known = useTagValues(rule.tag)
  const offered = known.length > 0
  return (
    <div className="rule-fields">
      <Membership value={negated} yes={t('hasTag')} no={t('lacksTag')} onChange={onNegate} />
      <TagPicker
        value={rule.tag}
        width={200}
        invalid={under(problems, 'tag').length > 0}
        onChange={(tag) => onChange({ kind: 'tag', tag })}
      />
      <Select
        mode={offered ? 'multiple' : 'tags'}
        value={rule.values ?? []}
        placeholder={t(offered ? 'tagAnyOffered' : 'tagAnyValue')}
        aria-label={t('tagValues')}
        disabled={rule.tag === ''}
        status={under(problems, 'values').length > 0 ? 'error' : ''}
        style={{ minWidth: 160, flex: '0 1 260px' }}
        tokenSeparators={[',', '，', '、']}
        options={known.map((value) => ({ value, label: value }))}
        {...(offered ? {} : { open: false, suffixIcon: null })}
        onChange={(texts: string[]) => {
          const values = texts.map((text) => text.trim()).filter((text) => text !== '')
          onChange(values.length === 0 ? { kind: 'tag', tag: rule.tag } : { ...rule, values })
        }}
      />
    </div>
  )
}

function SegmentEditor({ rule, negated, problems, onNegate, onChange }: LeafProps<Extract<Leaf, { kind: 'segment' }>>) {
  const t = useT(ruleTexts)
  return (
    <div className="rule-fields">
      <Membership value={negated} yes={t('inSegment')} no={t('outsideSegment')} onChange={onNegate} />
      <SegmentPicker
        value={rule.segment}
        width={220}
        invalid={problems.length > 0}
        onChange={(segment) => onChange({ kind: 'segment', segment })}
      />
    </div>
  )
}

function RandomEditor({ rule, problems, onChange }: LeafProps<Extract<Leaf, { kind: 'random' }>>) {
  const t = useT(ruleTexts)
  const percent = (field: 'from' | 'to') => (
    <InputNumber
      value={rule[field]}
      min={0}
      max={100}
      precision={2}
      suffix="%"
      aria-label={t(field === 'from' ? 'shareFrom' : 'shareTo')}
      status={under(problems, field).length > 0 ? 'error' : ''}
      style={{ width: 96 }}
      onChange={(value) => value !== null && onChange({ ...rule, [field]: value })}
    />
  )
  return (
    <div className="rule-fields">
      <Input
        value={rule.seed}
        maxLength={100}
        placeholder={t('seed')}
        title={t('seedHint')}
        aria-label={t('seed')}
        status={under(problems, 'seed').length > 0 ? 'error' : ''}
        style={{ width: 180 }}
        onChange={(event) => onChange({ ...rule, seed: event.target.value })}
      />
      {percent('from')}
      <span>–</span>
      {percent('to')}
    </div>
  )
}

function Membership({ value, yes, no, onChange }: { value: boolean; yes: string; no: string; onChange: () => void }) {
  const t = useT(ruleTexts)
  return (
    <Select
      value={value}
      aria-label={t('membership')}
      popupMatchSelectWidth={false}
      style={{ width: 'auto', minWidth: 104 }}
      options={[
        { value: false, label: yes },
        { value: true, label: no },
      ]}
      onChange={(next) => next !== value && onChange()}
    />
  )
}

/** What is wrong with a node, each thing once. */
export function ProblemLines({ problems }: { problems: readonly RuleProblem[] }) {
  const t = useT(ruleTexts)
  const language = useLanguage()
  const lines = new Map(
    problems.map(({ code, message, level }) => [code === 'told' ? problemWords(message, language) : t(`problem_${code}`), level]),
  )
  return [...lines].map(([text, level]) => (
    <div key={text} className={level === 'error' ? 'rule-problem' : 'rule-warning'} role={level === 'error' ? 'alert' : 'status'}>
      {text}
    </div>
  ))
}

/** What a condition or group is moved by; the keys are Alt and an arrow. */
export function DragHandle({ path }: { path: RulePath }) {
  const t = useT(ruleTexts)
  const { drag } = useBuilder()
  return (
    <DragGrip
      hint={t('dragHint')}
      data={pathName(path)}
      onStart={(event) => {
        const node = event.currentTarget.closest('[data-path]')
        if (node !== null) event.dataTransfer.setDragImage(node, 10, 10)
        drag(path)
      }}
      onEnd={() => drag(null)}
    />
  )
}

function RowActions({ path, negated, canNegate }: { path: RulePath; negated: boolean; canNegate: boolean }) {
  const t = useT(ruleTexts)
  const { edit } = useBuilder()
  const items = useNodeMenu(path)
  return (
    <span className="rule-actions">
      <Dropdown
        trigger={['click']}
        menu={{
          items: [
            ...(canNegate
              ? [{ key: 'negate', label: t(negated ? 'negateOff' : 'negateOn'), onClick: () => edit({ type: 'negate', path }) }]
              : []),
            ...items,
            { key: 'wrap', label: t('wrap'), onClick: () => edit({ type: 'wrap', path }) },
          ],
        }}
      >
        <Button type="text" size="small" icon={<MoreOutlined />} aria-label={t('more')} title={t('more')} />
      </Dropdown>
      <IconButton icon={<DeleteOutlined />} label={t('removeCondition')} onClick={() => edit({ type: 'remove', path })} />
    </span>
  )
}

/** What can be done with a condition and with a group alike. */
export function useNodeMenu(path: RulePath) {
  const t = useT(ruleTexts)
  const { edit, copy, paste } = useBuilder()
  const inside = path.length > 1
  return [
    { key: 'duplicate', label: t('duplicate'), extra: 'Ctrl D', onClick: () => edit({ type: 'duplicate', path }) },
    { key: 'copy', label: t('copyPart'), extra: 'Ctrl C', onClick: () => void copy(path) },
    { key: 'paste', label: t('pasteAfter'), extra: 'Ctrl V', onClick: () => void paste(path) },
    { key: 'up', label: t('moveUp'), extra: 'Alt ↑', onClick: () => edit({ type: 'shift', path, by: -1 }) },
    { key: 'down', label: t('moveDown'), extra: 'Alt ↓', onClick: () => edit({ type: 'shift', path, by: 1 }) },
    { key: 'into', label: t('moveInto'), extra: 'Alt →', onClick: () => edit({ type: 'into', path }) },
    ...(inside ? [{ key: 'out', label: t('moveOut'), extra: 'Alt ←', onClick: () => edit({ type: 'out', path }) }] : []),
  ]
}
