import { answeredPercent, type HumanTaskNode } from '@chaoxi/contract'
import { InputNumber, Tooltip } from 'antd'
import { useLanguage, useT } from '../../i18n/index.ts'
import { outcomeName } from '../words/task-words.ts'
import { rehearsalTexts } from './texts.ts'

interface AnswerSharesProps {
  node: HumanTaskNode
  shares: Readonly<Record<string, number>>
  onChange: (shares: Record<string, number>) => void
}

/** In how many cases colleagues are taken to choose each result; the others time out. */
export function AnswerShares({ node, shares, onChange }: AnswerSharesProps) {
  const t = useT(rehearsalTexts)
  const language = useLanguage()
  return (
    <div className="row answer-shares" data-answers={node.id}>
      <Tooltip title={t('answersHint')}>
        <span className="muted">{t('answers', { node: node.name || node.title })}</span>
      </Tooltip>
      {node.ways.map((way) => (
        <InputNumber
          key={way.id}
          size="small"
          prefix={outcomeName(way, language)}
          suffix="%"
          min={0}
          max={100}
          precision={0}
          style={{ width: 150 }}
          value={shares[way.id] ?? 0}
          aria-label={`${node.name || node.title} ${outcomeName(way, language)}`}
          onChange={(share) => onChange({ ...shares, [way.id]: share ?? 0 })}
        />
      ))}
      {answeredPercent(shares) > 100 && <span className="bad">{t('answersOver')}</span>}
    </div>
  )
}
