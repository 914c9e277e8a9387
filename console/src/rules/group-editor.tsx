import { MoreOutlined, PlusOutlined } from '@ant-design/icons'
import type { Rule } from '@chaoxi/contract'
import { Button, Dropdown, Select } from 'antd'
import { useT } from '../i18n/index.ts'
import { ConditionRow, type RowProps, samePath } from './condition-row.tsx'
import { duplicateAt, insertInto, isGroup, joinAt, moveAt, negateAt, newEventRule, peel, removeAt, unwrapAt } from './rule-editing.ts'
import { ruleTexts } from './texts.ts'

/** Conditions joined by "all" or "any", drawn with the joining word between them. */
export function GroupEditor({ root, path, rule, problems, onChange }: RowProps) {
  const t = useT(ruleTexts)
  const { inner, negated, depth } = peel(rule)
  if (!isGroup(inner)) return null
  const innerPath = [...path, ...Array<number>(depth).fill(0)]
  const mine = problems.filter((problem) => samePath(problem.path, innerPath))
  const isRoot = path.length === 0
  return (
    <fieldset className={`rule-group${isRoot ? ' rule-group-root' : ''}`} aria-label={t('joinLabel')}>
      <div className="rule-group-head">
        {negated && (
          <Button size="small" danger aria-pressed title={t('negateOff')} onClick={() => onChange(negateAt(root, path))}>
            {t('negate')}
          </Button>
        )}
        <span>{t('joinBefore')}</span>
        <Select
          value={inner.kind}
          size="small"
          aria-label={t('joinLabel')}
          popupMatchSelectWidth={false}
          style={{ width: 'auto' }}
          options={[
            { value: 'all', label: t('joinAll') },
            { value: 'any', label: t('joinAny') },
          ]}
          onChange={(kind) => onChange(joinAt(root, path, kind))}
        />
        <span>{t('joinAfter')}</span>
        <GroupActions root={root} path={path} isRoot={isRoot} negated={negated} onChange={onChange} />
      </div>
      <div className="rule-group-body">
        {inner.rules.map((child, index) => {
          const Editor = isGroup(peel(child).inner) ? GroupEditor : ConditionRow
          return (
            // Conditions have no identity but their place in the tree.
            // biome-ignore lint/suspicious/noArrayIndexKey: see above
            <div key={index} className="rule-child">
              {index > 0 && <span className="rule-join">{t(inner.kind === 'all' ? 'and' : 'or')}</span>}
              <Editor root={root} path={[...innerPath, index]} rule={child} problems={problems} onChange={onChange} />
            </div>
          )
        })}
        {mine.map((problem) => (
          <div key={problem.code} className={problem.level === 'error' ? 'rule-problem' : 'rule-warning'}>
            {t(`problem_${problem.code}`)}
          </div>
        ))}
        <AddCondition onAdd={(child) => onChange(insertInto(root, innerPath, child))} primary={isRoot && inner.rules.length === 0} />
      </div>
    </fieldset>
  )
}

/** A menu of the kinds of condition, each with what it is for. */
export function AddCondition({ onAdd, primary }: { onAdd: (rule: Rule) => void; primary: boolean }) {
  const t = useT(ruleTexts)
  const item = (key: 'addEvent' | 'addAttribute' | 'addTag' | 'addSegment' | 'addGroup', rule: Rule) => ({
    key,
    label: (
      <span className="rule-add-item">
        <b>{t(key)}</b>
        <span className="muted">{t(`${key}Hint`)}</span>
      </span>
    ),
    onClick: () => onAdd(rule),
  })
  return (
    <Dropdown
      trigger={['click']}
      menu={{
        items: [
          item('addEvent', newEventRule()),
          item('addAttribute', { kind: 'attribute', filter: { property: '', op: 'eq', value: '' } }),
          item('addTag', { kind: 'tag', tag: '' }),
          item('addSegment', { kind: 'segment', segment: '' }),
          item('addGroup', { kind: 'any', rules: [newEventRule()] }),
        ],
      }}
    >
      <Button type={primary ? 'primary' : 'dashed'} size="small" icon={<PlusOutlined />} className="rule-add">
        {t('add')}
      </Button>
    </Dropdown>
  )
}

function GroupActions({
  root,
  path,
  isRoot,
  negated,
  onChange,
}: {
  root: Rule
  path: RowProps['path']
  isRoot: boolean
  negated: boolean
  onChange: RowProps['onChange']
}) {
  const t = useT(ruleTexts)
  return (
    <span className="rule-actions">
      <Dropdown
        trigger={['click']}
        menu={{
          items: [
            { key: 'negate', label: t(negated ? 'negateOff' : 'negateGroup'), onClick: () => onChange(negateAt(root, path)) },
            ...(isRoot
              ? []
              : [
                  { key: 'duplicate', label: t('duplicate'), onClick: () => onChange(duplicateAt(root, path)) },
                  { key: 'up', label: t('moveUp'), onClick: () => onChange(moveAt(root, path, -1)) },
                  { key: 'down', label: t('moveDown'), onClick: () => onChange(moveAt(root, path, 1)) },
                  ...(negated ? [] : [{ key: 'unwrap', label: t('unwrap'), onClick: () => onChange(unwrapAt(root, path)) }]),
                  { key: 'remove', label: t('remove'), danger: true, onClick: () => onChange(removeAt(root, path)) },
                ]),
          ],
        }}
      >
        <Button type="text" size="small" icon={<MoreOutlined />} aria-label={t('more')} title={t('more')} />
      </Dropdown>
    </span>
  )
}
