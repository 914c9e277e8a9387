import { QuestionCircleOutlined, RedoOutlined, UndoOutlined } from '@ant-design/icons'
import { ruleProblems as contractProblems, type Rule, ruleSchema } from '@chaoxi/contract'
import { Button, Dropdown, Popover, Segmented } from 'antd'
import { useState } from 'react'
import { useLanguage, useT } from '../i18n/index.ts'
import { GroupEditor } from './group-editor.tsx'
import { JsonEditor } from './json-editor.tsx'
import { RuleCompare } from './rule-compare-view.tsx'
import { leafCount } from './rule-editing.ts'
import { RuleEstimate } from './rule-estimate.tsx'
import { RuleFrame } from './rule-frame.tsx'
import { fullness } from './rule-length.ts'
import { ruleProblems, toldProblems } from './rule-problems.ts'
import { ruleSentence } from './rule-sentence.ts'
import { ruleStarters } from './rule-starters.ts'
import './rules.css'
import { ruleTexts } from './texts.ts'
import { useEstimate } from './use-estimate.ts'
import { useNaming } from './use-naming.ts'
import { type RuleSession, useRuleHistory } from './use-rule-history.ts'

export interface RuleBuilderProps {
  value: Rule
  onChange: (rule: Rule) => void
  /** The live size beside the conditions; a side panel has no room for it. */
  estimate?: boolean
  /** Told when the JSON text is broken, so that nobody saves what they do not see. */
  onValid?: (valid: boolean) => void
  /** The rule in effect, to compare with. */
  saved?: Rule
}

type View = 'conditions' | 'json' | 'compare'

/** Builds a rule by choosing, shows it as a sentence, as JSON, and as a number of people. */
export function RuleBuilder({ value, onChange, estimate = true, onValid, saved }: RuleBuilderProps) {
  const t = useT(ruleTexts)
  const [view, setView] = useState<View>('conditions')
  const session = useRuleHistory(value, onChange)
  const { root } = session
  const empty = leafCount(root) === 0
  const own = ruleProblems(root)
  const counted = useEstimate(root, estimate)
  const problems = [...own, ...toldProblems(root, counted.errors, 'error'), ...toldProblems(root, counted.warnings, 'warning')]
  const show = (next: View) => {
    setView(next)
    onValid?.(true)
  }
  return (
    <div className="rule-builder">
      <div className="rule-main">
        <Toolbar session={session} view={view} onView={show} comparable={saved !== undefined} empty={empty} />
        {view === 'json' && (
          <JsonEditor
            value={root}
            schema={ruleSchema}
            check={contractProblems}
            onChange={(rule) => session.edit({ type: 'replace', rule })}
            {...(onValid ? { onValid } : {})}
            hint={t('jsonHint')}
            invalid={t('jsonInvalid')}
          />
        )}
        {view === 'compare' && saved !== undefined && <RuleCompare before={saved} after={root} />}
        {view === 'conditions' && (
          <>
            {empty && <Starters onPick={(rule) => session.edit({ type: 'replace', rule })} />}
            <RuleFrame session={session} problems={problems}>
              <GroupEditor path={[]} rule={root} />
            </RuleFrame>
          </>
        )}
        <RuleSentence rule={root} />
      </div>
      {estimate && <RuleEstimate estimate={counted} />}
    </div>
  )
}

interface ToolbarProps {
  session: RuleSession
  view: View
  onView: (view: View) => void
  comparable: boolean
  empty: boolean
}

function Toolbar({ session, view, onView, comparable, empty }: ToolbarProps) {
  const t = useT(ruleTexts)
  const editing = view === 'conditions'
  return (
    <div className="rule-toolbar">
      <Segmented<View>
        size="small"
        value={view}
        aria-label={t('viewLabel')}
        options={[
          { value: 'conditions', label: t('conditionsView') },
          { value: 'json', label: t('jsonView') },
          ...(comparable ? [{ value: 'compare' as const, label: t('compareView') }] : []),
        ]}
        onChange={onView}
      />
      <span className="rule-tools">
        <Fullness rule={session.root} />
        {editing && (
          <>
            <Button
              size="small"
              type="text"
              icon={<UndoOutlined />}
              disabled={!session.canUndo}
              aria-label={t('undo')}
              title={`${t('undo')} (Ctrl Z)`}
              onClick={session.undo}
            />
            <Button
              size="small"
              type="text"
              icon={<RedoOutlined />}
              disabled={!session.canRedo}
              aria-label={t('redo')}
              title={`${t('redo')} (Ctrl Shift Z)`}
              onClick={session.redo}
            />
            <KeysHelp />
          </>
        )}
        {!empty && editing && <StarterMenu onPick={(rule) => session.edit({ type: 'replace', rule })} />}
      </span>
    </div>
  )
}

/** Of a long rule how much of it there may be. */
function Fullness({ rule }: { rule: Rule }) {
  const t = useT(ruleTexts)
  const full = fullness(rule)
  if (full === null) return null
  const { nodes, max, over } = full
  return over === 0 ? (
    <span className="muted num">{t('nodes', { nodes, max })}</span>
  ) : (
    <span className="rule-problem num" role="alert">
      {t('nodesOver', { nodes, max, over })}
    </span>
  )
}

const keyHelp = [
  ['Alt ↑ ↓', 'keyMove'],
  ['Alt → ←', 'keyInOut'],
  ['Alt G', 'wrap'],
  ['Ctrl D', 'duplicate'],
  ['Ctrl C / V', 'keyCopy'],
  ['Delete', 'remove'],
  ['Ctrl Z', 'undo'],
  ['Ctrl Shift Z', 'redo'],
] as const

function KeysHelp() {
  const t = useT(ruleTexts)
  return (
    <Popover
      trigger="click"
      title={t('keysTitle')}
      content={
        <table className="rule-keys">
          <tbody>
            {keyHelp.map(([keys, text]) => (
              <tr key={keys}>
                <td>
                  <kbd>{keys}</kbd>
                </td>
                <td>{t(text)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      }
    >
      <Button size="small" type="text" icon={<QuestionCircleOutlined />} aria-label={t('keysTitle')} title={t('keysTitle')} />
    </Popover>
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
