import { type Rule, ruleSchema } from '@chaoxi/contract'
import { Button, Dropdown, Segmented } from 'antd'
import { useState } from 'react'
import { useLanguage, useT } from '../i18n/index.ts'
import { GroupEditor } from './group-editor.tsx'
import { JsonEditor } from './json-editor.tsx'
import { asGroup, leafCount } from './rule-editing.ts'
import { RuleEstimate } from './rule-estimate.tsx'
import { ruleProblems } from './rule-problems.ts'
import { ruleSentence } from './rule-sentence.ts'
import { ruleStarters } from './rule-starters.ts'
import './rules.css'
import { ruleTexts } from './texts.ts'
import { useNaming } from './use-naming.ts'

export interface RuleBuilderProps {
  value: Rule
  onChange: (rule: Rule) => void
  /** The live size beside the conditions; a side panel has no room for it. */
  estimate?: boolean
  /** Told when the JSON text is broken, so that nobody saves what they do not see. */
  onValid?: (valid: boolean) => void
}

/** Builds a rule by choosing, shows it as a sentence, as JSON, and as a number of people. */
export function RuleBuilder({ value, onChange, estimate = true, onValid }: RuleBuilderProps) {
  const t = useT(ruleTexts)
  const [view, setView] = useState<'conditions' | 'json'>('conditions')
  const root = asGroup(value)
  const problems = ruleProblems(root)
  const empty = leafCount(root) === 0
  return (
    <div className="rule-builder">
      <div className="rule-main">
        <div className="rule-toolbar">
          <Segmented<'conditions' | 'json'>
            size="small"
            value={view}
            aria-label={t('viewLabel')}
            options={[
              { value: 'conditions', label: t('conditionsView') },
              { value: 'json', label: t('jsonView') },
            ]}
            onChange={(next) => {
              setView(next)
              onValid?.(true)
            }}
          />
          {!empty && <StarterMenu onPick={onChange} />}
        </div>
        {view === 'json' ? (
          <JsonEditor
            value={value}
            schema={ruleSchema}
            onChange={onChange}
            {...(onValid ? { onValid } : {})}
            hint={t('jsonHint')}
            invalid={t('jsonInvalid')}
          />
        ) : (
          <>
            {empty && <Starters onPick={onChange} />}
            <GroupEditor root={root} path={[]} rule={root} problems={empty ? [] : problems} onChange={onChange} />
          </>
        )}
        <RuleSentence rule={value} />
      </div>
      {estimate && <RuleEstimate rule={value} />}
    </div>
  )
}

/** The rule read aloud. */
export function RuleSentence({ rule }: { rule: Rule }) {
  const t = useT(ruleTexts)
  const naming = useNaming()
  return (
    <p className="rule-sentence" aria-live="polite" title={t('sentenceLabel')}>
      {leafCount(rule) === 0 && rule.kind === 'all' ? t('sentenceEveryone') : t('sentence', { rule: ruleSentence(rule, naming) })}
    </p>
  )
}

function Starters({ onPick }: { onPick: (rule: Rule) => void }) {
  const t = useT(ruleTexts)
  const language = useLanguage()
  return (
    <div className="rule-starters">
      <b>{t('emptyTitle')}</b>
      <p className="muted">{t('emptyAdd')}</p>
      <div className="row">
        {ruleStarters.map((starter) => (
          <Button key={starter.key} size="small" onClick={() => onPick(starter.rule)}>
            {starter.name[language]}
          </Button>
        ))}
      </div>
    </div>
  )
}

function StarterMenu({ onPick }: { onPick: (rule: Rule) => void }) {
  const t = useT(ruleTexts)
  const language = useLanguage()
  return (
    <Dropdown
      trigger={['click']}
      menu={{
        items: ruleStarters.map((starter) => ({ key: starter.key, label: starter.name[language], onClick: () => onPick(starter.rule) })),
      }}
    >
      <Button size="small" type="text">
        {t('startersReplace')}
      </Button>
    </Dropdown>
  )
}
