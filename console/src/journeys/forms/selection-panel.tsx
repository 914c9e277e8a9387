import { CopyOutlined, DeleteOutlined, ScissorOutlined } from '@ant-design/icons'
import type { JourneyNode } from '@chaoxi/contract'
import { Button } from 'antd'
import { useT } from '../../i18n/index.ts'
import { boardTexts } from '../words/board-texts.ts'
import { type JourneyNaming, nodeTitle } from '../words/node-words.ts'

export interface SelectionPanelProps {
  nodes: readonly JourneyNode[]
  naming: JourneyNaming
  onPick: (id: string) => void
  onCopy: () => void
  onCut: () => void
  onDuplicate: () => void
  onRemove: () => void
}

/** Several steps at once, and what can be done with them together. */
export function SelectionPanel({ nodes, naming, onPick, onCopy, onCut, onDuplicate, onRemove }: SelectionPanelProps) {
  const t = useT(boardTexts)
  return (
    <div>
      <h2 className="side-title">{t('severalTitle', { count: nodes.length })}</h2>
      <p className="side-hint">{t('severalHint')}</p>
      <ul className="problem-list">
        {nodes.map((node) => (
          <li key={node.id}>
            <button type="button" onClick={() => onPick(node.id)}>
              {nodeTitle(node, naming)}
            </button>
          </li>
        ))}
      </ul>
      <div className="side-actions">
        <Button icon={<CopyOutlined />} onClick={onCopy} title="Ctrl+C">
          {t('copy')}
        </Button>
        <Button icon={<ScissorOutlined />} onClick={onCut} title="Ctrl+X">
          {t('cut')}
        </Button>
        <Button onClick={onDuplicate} title="Ctrl+D">
          {t('duplicate')}
        </Button>
        <Button danger icon={<DeleteOutlined />} onClick={onRemove} title="Delete">
          {t('removeAll')}
        </Button>
      </div>
    </div>
  )
}
