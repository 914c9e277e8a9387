import type { OccurrenceRule } from '@chaoxi/contract'
import { Button, Select } from 'antd'
import { useT } from '../i18n/index.ts'
import { FilterList } from './filter-list.tsx'
import { MatchConditions } from './match-conditions.tsx'
import { EventPicker } from './pickers.tsx'
import { type RuleProblem, under } from './rule-problems.ts'
import { ruleTexts } from './texts.ts'
import { DateWindowEditor, WindowEditor } from './window-editor.tsx'

interface OccurrenceEditorProps {
  rule: OccurrenceRule
  problems: readonly RuleProblem[]
  onChange: (rule: OccurrenceRule) => void
}

/** Ever · first · order paid: when that was, and what it was like. */
export function OccurrenceEditor({ rule, problems, onChange }: OccurrenceEditorProps) {
  const t = useT(ruleTexts)
  const has = (part: string) => under(problems, part).length > 0
  const { when, ...rest } = rule
  return (
    <div className="event-editor">
      <div className="rule-fields">
        <WindowEditor window={rule.window} invalid={has('window')} onChange={(window) => onChange({ ...rule, window })} />
        <Select
          value={rule.which}
          aria-label={t('which')}
          popupMatchSelectWidth={false}
          style={{ width: 'auto' }}
          options={[
            { value: 'first', label: t('whichFirst') },
            { value: 'last', label: t('whichLast') },
          ]}
          onChange={(which) => onChange({ ...rule, which })}
        />
        <EventPicker value={rule.event} invalid={has('event')} onChange={(event) => onChange({ ...rule, event })} />
      </div>
      <MatchConditions match={rule} problems={under(problems, 'filters')} onChange={onChange} />
      <div className="rule-fields rule-filter">
        <span className="muted">{t('occurrenceWhen')}</span>
        {when === undefined ? (
          <Button
            size="small"
            type="dashed"
            onClick={() => onChange({ ...rule, when: { kind: 'calendar', unit: 'month', from: 0, to: 0 } })}
          >
            {t('occurrenceAnyTime')}
          </Button>
        ) : (
          <>
            <DateWindowEditor window={when} invalid={has('when')} onChange={(next) => onChange({ ...rule, when: next })} />
            <Button size="small" type="text" onClick={() => onChange(rest)}>
              {t('occurrenceClear')}
            </Button>
          </>
        )}
      </div>
      <FilterList
        event={rule.event}
        filters={rule.where}
        problems={under(problems, 'where')}
        dates
        before={t('occurrenceWhere')}
        add={t('addWhere')}
        onChange={(where) => onChange({ ...rule, where })}
      />
    </div>
  )
}
