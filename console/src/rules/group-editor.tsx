import { MoreOutlined, PlusOutlined } from '@ant-design/icons'
import type { Rule } from '@chaoxi/contract'
import { Button, Dropdown, Select } from 'antd'
import { type DragEvent, type ReactNode, useState } from 'react'
import { useT } from '../i18n/index.ts'
import { pathName, samePath, useBuilder } from './builder-context.ts'
import { ConditionRow, DragHandle, type NodeProps, ProblemLines, useNodeMenu } from './condition-row.tsx'
import { isGroup, newRule, peel, type RulePath } from './rule-editing.ts'
import type { DropTarget } from './rule-edits.ts'
import { ruleTexts } from './texts.ts'

/** Conditions joined by "all" or "any", drawn with the joining word between them. */
export function GroupEditor({ path, rule }: NodeProps) {
  const t = useT(ruleTexts)
  const { root, problems, edit } = useBuilder()
  const { inner, negated, depth } = peel(rule)
  if (!isGroup(inner)) return null
  const innerPath = [...path, ...Array<number>(depth).fill(0)]
  const isRoot = path.length === 0
  const empty = isRoot && inner.rules.length === 0
  const mine = empty ? [] : problems.filter((problem) => samePath(problem.path, innerPath))
  return (
    <fieldset
      className={`rule-group${isRoot ? ' rule-group-root' : ''}`}
      aria-label={t('joinLabel')}
      {...(isRoot ? {} : { tabIndex: 0, 'data-path': pathName(path) })}
    >
      <div className="rule-group-head">
        {!isRoot && <DragHandle path={path} />}
        {negated && (
          <Button size="small" danger aria-pressed title={t('negateOff')} onClick={() => edit({ type: 'negate', path })}>
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
          onChange={(kind) => edit({ type: 'join', path, kind })}
        />
        <span>{t('joinAfter')}</span>
        <GroupActions path={path} negated={negated} />
      </div>
      <div className="rule-group-body">
        {inner.rules.map((child, index) => {
          const childPath = [...innerPath, index]
          const childGroup = isGroup(peel(child).inner)
          const Editor = childGroup ? GroupEditor : ConditionRow
          return (
            // Conditions have no identity but their place in the tree.
            // biome-ignore lint/suspicious/noArrayIndexKey: see above
            <DropPlace key={index} group={innerPath} index={index} on={childGroup ? null : childPath}>
              {index > 0 && <span className="rule-join">{t(inner.kind === 'all' ? 'and' : 'or')}</span>}
              <Editor path={childPath} rule={child} />
            </DropPlace>
          )
        })}
        <ProblemLines problems={mine} />
        <DropFoot group={innerPath} index={inner.rules.length}>
          <AddCondition
            onAdd={(child) => edit({ type: 'insert', path: innerPath, rule: child })}
            primary={isRoot && inner.rules.length === 0 && inner === root}
          />
        </DropFoot>
      </div>
    </fieldset>
  )
}

type Zone = 'before' | 'on' | 'after'

function useDrop(targetOf: (zone: Zone) => DropTarget | null, zoneOf: (event: DragEvent<HTMLElement>) => Zone) {
  const { dragged, drag, edit } = useBuilder()
  const [zone, setZone] = useState<Zone | null>(null)
  const handlers = {
    onDragOver: (event: DragEvent<HTMLElement>) => {
      if (dragged === null) return
      event.stopPropagation()
      event.preventDefault()
      setZone(zoneOf(event))
    },
    onDragLeave: () => setZone(null),
    onDrop: (event: DragEvent<HTMLElement>) => {
      setZone(null)
      if (dragged === null) return
      event.stopPropagation()
      event.preventDefault()
      const target = targetOf(zoneOf(event))
      if (target !== null) edit({ type: 'drop', path: dragged, target })
      drag(null)
    },
  }
  return { zone: dragged === null ? null : zone, handlers }
}

/** The upper edge of a node takes what is to stand before it, the lower edge what comes after; on a condition both become a group. */
function DropPlace({ group, index, on, children }: { group: RulePath; index: number; on: RulePath | null; children: ReactNode }) {
  const edge = on === null ? 0.5 : 0.3
  const { zone, handlers } = useDrop(
    (place) =>
      place === 'on' && on !== null
        ? { place: 'on', path: on }
        : { place: 'between', group, index: place === 'before' ? index : index + 1 },
    (event) => {
      const box = event.currentTarget.getBoundingClientRect()
      const height = (event.clientY - box.top) / box.height
      return height < edge ? 'before' : height > 1 - edge ? 'after' : 'on'
    },
  )
  return (
    <div className={`rule-child${zone === null ? '' : ` rule-drop-${zone}`}`} {...handlers}>
      {children}
    </div>
  )
}

function DropFoot({ group, index, children }: { group: RulePath; index: number; children: ReactNode }) {
  const { zone, handlers } = useDrop(
    () => ({ place: 'between', group, index }),
    () => 'before',
  )
  return (
    <div className={`rule-group-foot${zone === null ? '' : ' rule-drop-before'}`} {...handlers}>
      {children}
    </div>
  )
}

const addable = [
  ['addEvent', 'event'],
  ['addAttribute', 'attribute'],
  ['addTag', 'tag'],
  ['addSegment', 'segment'],
  ['addSequence', 'sequence'],
  ['addOccurrence', 'occurrence'],
  ['addPreference', 'preference'],
  ['addRandom', 'random'],
  ['addGroup', 'any'],
] as const

/** A menu of the kinds of condition, each with what it is for. */
function AddCondition({ onAdd, primary }: { onAdd: (rule: Rule) => void; primary: boolean }) {
  const t = useT(ruleTexts)
  return (
    <Dropdown
      trigger={['click']}
      menu={{
        items: addable.map(([key, kind]) => ({
          key,
          label: (
            <span className="rule-add-item">
              <b>{t(key)}</b>
              <span className="muted">{t(`${key}Hint`)}</span>
            </span>
          ),
          onClick: () => onAdd(newRule(kind)),
        })),
      }}
    >
      <Button type={primary ? 'primary' : 'dashed'} size="small" icon={<PlusOutlined />} className="rule-add">
        {t('add')}
      </Button>
    </Dropdown>
  )
}

function GroupActions({ path, negated }: { path: RulePath; negated: boolean }) {
  const t = useT(ruleTexts)
  const { edit, copy, paste } = useBuilder()
  const items = useNodeMenu(path)
  return (
    <span className="rule-actions">
      <Dropdown
        trigger={['click']}
        menu={{
          items: [
            { key: 'negate', label: t(negated ? 'negateOff' : 'negateGroup'), onClick: () => edit({ type: 'negate', path }) },
            ...(path.length === 0
              ? [
                  { key: 'copy', label: t('copyAll'), onClick: () => void copy(path) },
                  { key: 'paste', label: t('pasteInside'), onClick: () => void paste(path) },
                ]
              : [
                  ...items,
                  ...(negated ? [] : [{ key: 'unwrap', label: t('unwrap'), onClick: () => edit({ type: 'unwrap', path }) }]),
                  { key: 'remove', label: t('remove'), danger: true, onClick: () => edit({ type: 'remove', path }) },
                ]),
          ],
        }}
      >
        <Button type="text" size="small" icon={<MoreOutlined />} aria-label={t('more')} title={t('more')} />
      </Dropdown>
    </span>
  )
}
