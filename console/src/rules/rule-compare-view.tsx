import type { Rule } from '@chaoxi/contract'
import { useT } from '../i18n/index.ts'
import { compareRules } from './rule-compare.ts'
import { ruleTexts } from './texts.ts'
import { useNaming } from './use-naming.ts'

const signs = { same: ' ', added: '+', removed: '−' } as const
const words = { added: 'compareAdded', removed: 'compareRemoved' } as const

/** Two versions of a rule, line by line as sentences. */
export function RuleCompare({ before, after }: { before: Rule; after: Rule }) {
  const t = useT(ruleTexts)
  const naming = useNaming()
  const lines = compareRules(before, after, naming)
  if (lines.every((line) => line.change === 'same')) return <p className="muted">{t('compareSame')}</p>
  return (
    <div className="rule-compare">
      <p className="muted">{t('compareHint')}</p>
      <ul>
        {lines.map(({ change, depth, text }, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: lines may repeat, and have no identity but their place.
          <li key={index} className={`rule-line-${change}`} style={{ paddingLeft: 8 + depth * 18 }}>
            <span aria-hidden>{signs[change]} </span>
            {change !== 'same' && <span className="rule-line-word">{t(words[change])}</span>}
            {text}
          </li>
        ))}
      </ul>
    </div>
  )
}
