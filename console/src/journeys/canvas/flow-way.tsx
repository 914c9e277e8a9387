import { PlusOutlined } from '@ant-design/icons'
import type { NodeKind } from '@chaoxi/contract'
import { Link } from '@tanstack/react-router'
import { BaseEdge, EdgeLabelRenderer, type EdgeProps } from '@xyflow/react'
import { Button, Dropdown } from 'antd'
import { createContext, memo, useContext } from 'react'
import { useLanguage, useT } from '../../i18n/index.ts'
import { formatNumber } from '../../ui/index.ts'
import { boardTexts } from '../words/board-texts.ts'
import { journeyTexts } from '../words/texts.ts'
import type { WayEdge, WayTaken } from './flow-elements.ts'
import type { EdgeRef } from './graph-basics.ts'
import { routeWay } from './route.ts'

/** How an edge puts a step on itself; the canvas gives it to all its edges. */
export const InsertContext = createContext<Inserting>({ insert: () => {}, pasting: 0, paste: () => {} })
export interface Inserting {
  readonly insert: (edge: EdgeRef, kind: NodeKind) => void
  /** How many steps have been copied. */
  readonly pasting: number
  readonly paste: (edge: EdgeRef) => void
}

export const nodeKinds: readonly NodeKind[] = [
  'send',
  'grant',
  'set_tag',
  'set_attribute',
  'start_journey',
  'stop_journey',
  'human_task',
  'webhook',
  'wait',
  'wait_until',
  'wait_event',
  'wait_rule',
  'repeat_check',
  'condition',
  'branch',
  'split',
  'holdout',
  'exit',
]

/** The kinds of step with what each is for. */
export function useKindMenu(onPick: (kind: NodeKind) => void) {
  const t = useT(journeyTexts)
  return {
    items: nodeKinds.map((kind) => ({
      key: kind,
      label: (
        <span className="rule-add-item">
          <b>{t(`kind_${kind}`)}</b>
          <span className="muted">{t(`hint_${kind}`)}</span>
        </span>
      ),
      onClick: () => onPick(kind),
    })),
  }
}

/** A way from step to step with its word (happened, timed out) and, when editing, a plus under its card. */
export const Way = memo((props: EdgeProps<WayEdge>) => {
  const { sourceX, sourceY, targetX, targetY, data } = props
  if (data === undefined) return null
  const from = { x: sourceX, y: sourceY }
  const { path, plus } = routeWay({ from, to: { x: targetX, y: targetY }, word: data.word !== null, lane: data.lane })
  return (
    <>
      <BaseEdge id={props.id} path={path} markerEnd="url(#flow-arrow)" className={data.mark === null ? '' : `flow-way-${data.mark}`} />
      <EdgeLabelRenderer>
        {data.word !== null && (
          <span
            className="flow-word nodrag nopan"
            style={{ transform: `translate(-50%, 0) translate(${sourceX}px, ${sourceY + 6}px)`, maxWidth: data.room - 6 }}
            title={data.word}
          >
            {data.taken !== null && <Taken taken={data.taken} />}
            {data.word}
          </span>
        )}
        {data.editable && <InsertButton edge={data.edge} x={plus.x} y={plus.y} />}
      </EdgeLabelRenderer>
    </>
  )
})

/** How many took the way; the number opens them. */
function Taken({ taken: { source, nodeId, way, passed } }: { taken: WayTaken }) {
  const t = useT(journeyTexts)
  const language = useLanguage()
  const number = <b className="num">{formatNumber(passed, language, { short: true })}</b>
  if (source === null) return <span className="flow-count flow-taken">{number} </span>
  return (
    <Link
      to="/people"
      search={{ ...source, node: nodeId, outcome: 'passed', way }}
      className="flow-count flow-taken"
      title={t('countOpen')}
      onClick={(event) => event.stopPropagation()}
    >
      {number}{' '}
    </Link>
  )
}

function InsertButton({ edge, x, y }: { edge: EdgeRef; x: number; y: number }) {
  const t = useT(journeyTexts)
  const words = useT(boardTexts)
  const { insert, pasting, paste } = useContext(InsertContext)
  const kinds = useKindMenu((kind) => insert(edge, kind))
  const pasteItem = {
    key: 'paste',
    label: (
      <span className="rule-add-item">
        <b>{words('paste', { count: pasting })}</b>
        <span className="muted">{words('pasteHint')}</span>
      </span>
    ),
    onClick: () => paste(edge),
  }
  const menu = pasting > 0 ? { items: [pasteItem, ...kinds.items] } : kinds
  return (
    // The menu is drawn elsewhere, but its clicks come up through here: the canvas must not take them for its own.
    // biome-ignore lint/a11y/noStaticElementInteractions: it only stops what comes up
    // biome-ignore lint/a11y/useKeyWithClickEvents: it only stops what comes up
    <span
      className="flow-insert nodrag nopan"
      data-edge={`${edge.from}.${edge.field}`}
      onClick={(event) => event.stopPropagation()}
      style={{ transform: `translate(-50%, -50%) translate(${x}px, ${y}px)` }}
    >
      <Dropdown trigger={['click']} menu={menu}>
        <Button shape="circle" size="small" icon={<PlusOutlined />} aria-label={t('insertHere')} title={t('insertHere')} />
      </Dropdown>
    </span>
  )
}
