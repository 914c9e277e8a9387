import { DeleteOutlined, MoreOutlined } from '@ant-design/icons'
import type { Rule } from '@chaoxi/contract'
import { Button, Dropdown, Select } from 'antd'
import { useT } from '../i18n/index.ts'
import { EventEditor } from './event-editor.tsx'
import { FilterEditor } from './filter-editor.tsx'
import { SegmentPicker, TagPicker, useKnownProperties } from './pickers.tsx'
import { duplicateAt, moveAt, negateAt, peel, type RulePath, removeAt, replaceAt, wrapAt } from './rule-editing.ts'
import type { RuleProblem } from './rule-problems.ts'
import { ruleSentence } from './rule-sentence.ts'
import { ruleTexts } from './texts.ts'
import { useNaming } from './use-naming.ts'

export interface RowProps {
  /** The whole tree, and where in it this row stands. */
  root: Rule
  path: RulePath
  rule: Rule
  problems: readonly RuleProblem[]
  onChange: (root: Rule) => void
}

const kindKeys = {
  event: 'kindEvent',
  attribute: 'kindAttribute',
  tag: 'kindTag',
  segment: 'kindSegment',
  occurrence: 'kindOccurrence',
  sequence: 'kindSequence',
  random: 'kindRandom',
} as const

/** One condition: what kind it is, whether it is negated, its fields, and what can be done with it. */
export function ConditionRow({ root, path, rule, problems, onChange }: RowProps) {
  const t = useT(ruleTexts)
  const { inner, negated, depth } = peel(rule)
  if (inner.kind === 'all' || inner.kind === 'any' || inner.kind === 'not') return null
  const innerPath = [...path, ...Array<number>(depth).fill(0)]
  const mine = problems.filter((problem) => samePath(problem.path, innerPath))
  const change = (next: Rule) => onChange(replaceAt(root, innerPath, next))
  const negate = () => onChange(negateAt(root, path))
  const readOnly =
    inner.kind === 'occurrence' || inner.kind === 'sequence' || inner.kind === 'random' || (inner.kind === 'tag' && inner.values)
  const membership = !readOnly && (inner.kind === 'tag' || inner.kind === 'segment')
  return (
    <div className={`rule-row${mine.some((problem) => problem.level === 'error') ? ' rule-row-wrong' : ''}`}>
      <div className="rule-kind">
        <div>{t(kindKeys[inner.kind])}</div>
        {!membership && negated && (
          <Button size="small" danger aria-pressed title={t('negateOff')} onClick={negate}>
            {t('negate')}
          </Button>
        )}
      </div>
      <div className="rule-row-body">
        {inner.kind === 'event' && <EventEditor rule={inner} problems={mine} onChange={change} />}
        {inner.kind === 'attribute' && (
          <AttributeEditor filter={inner.filter} problems={mine} onChange={(filter) => change({ kind: 'attribute', filter })} />
        )}
        {readOnly && <ReadOnlyCondition rule={inner} />}
        {inner.kind === 'tag' && !readOnly && (
          <div className="rule-fields">
            <Membership value={negated} yes={t('hasTag')} no={t('lacksTag')} onChange={negate} />
            <TagPicker value={inner.tag} width={220} invalid={mine.length > 0} onChange={(tag) => change({ kind: 'tag', tag })} />
          </div>
        )}
        {inner.kind === 'segment' && (
          <div className="rule-fields">
            <Membership value={negated} yes={t('inSegment')} no={t('outsideSegment')} onChange={negate} />
            <SegmentPicker
              value={inner.segment}
              width={220}
              invalid={mine.length > 0}
              onChange={(segment) => change({ kind: 'segment', segment })}
            />
          </div>
        )}
        {mine.map((problem) => (
          <div key={`${problem.code}${problem.filter ?? ''}`} className="rule-problem" role="alert">
            {t(`problem_${problem.code}`)}
          </div>
        ))}
      </div>
      <RowActions root={root} path={path} negated={negated} canNegate={!membership} onChange={onChange} />
    </div>
  )
}

/** What the builder has no fields for yet: read aloud. */
function ReadOnlyCondition({ rule }: { rule: Rule }) {
  const t = useT(ruleTexts)
  const naming = useNaming()
  return (
    <div className="rule-fields">
      <span>{ruleSentence(rule, naming)}</span>
      <span className="muted">{t('editAsJson')}</span>
    </div>
  )
}

function AttributeEditor(props: {
  filter: Extract<Rule, { kind: 'attribute' }>['filter']
  problems: readonly RuleProblem[]
  onChange: (filter: Extract<Rule, { kind: 'attribute' }>['filter']) => void
}) {
  const known = useKnownProperties(null)
  return (
    <div className="rule-fields">
      <FilterEditor
        filter={props.filter}
        known={known}
        problems={props.problems.map((problem) => problem.code)}
        onChange={props.onChange}
      />
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
      onChange={onChange}
    />
  )
}

function RowActions({
  root,
  path,
  negated,
  canNegate,
  onChange,
}: {
  root: Rule
  path: RulePath
  negated: boolean
  canNegate: boolean
  onChange: (root: Rule) => void
}) {
  const t = useT(ruleTexts)
  return (
    <span className="rule-actions">
      <Dropdown
        trigger={['click']}
        menu={{
          items: [
            ...(canNegate
              ? [{ key: 'negate', label: t(negated ? 'negateOff' : 'negateOn'), onClick: () => onChange(negateAt(root, path)) }]
              : []),
            { key: 'duplicate', label: t('duplicate'), onClick: () => onChange(duplicateAt(root, path)) },
            { key: 'up', label: t('moveUp'), onClick: () => onChange(moveAt(root, path, -1)) },
            { key: 'down', label: t('moveDown'), onClick: () => onChange(moveAt(root, path, 1)) },
            { key: 'wrap', label: t('wrap'), onClick: () => onChange(wrapAt(root, path)) },
          ],
        }}
      >
        <Button type="text" size="small" icon={<MoreOutlined />} aria-label={t('more')} title={t('more')} />
      </Dropdown>
      <Button
        type="text"
        size="small"
        icon={<DeleteOutlined />}
        aria-label={t('removeCondition')}
        title={t('removeCondition')}
        onClick={() => onChange(removeAt(root, path))}
      />
    </span>
  )
}

export const samePath = (one: RulePath, other: RulePath): boolean =>
  one.length === other.length && one.every((step, index) => step === other[index])
