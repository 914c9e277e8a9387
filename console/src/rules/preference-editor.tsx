import { type PreferenceRule, type PreferenceSubject, preferenceRankMax, rankedName } from '@chaoxi/contract'
import { InputNumber, Select } from 'antd'
import { useLanguage, useT } from '../i18n/index.ts'
import { MatchConditions } from './match-conditions.tsx'
import { EventPicker, PropertyPicker, useKnownProperties } from './pickers.tsx'
import { bandEdges, edgesFrom, hourEdges } from './preference-edges.ts'
import { type RuleProblem, under } from './rule-problems.ts'
import { ruleTexts } from './texts.ts'
import { fromText } from './value-types.ts'
import { WindowEditor } from './window-editor.tsx'

interface PreferenceEditorProps {
  rule: PreferenceRule
  problems: readonly RuleProblem[]
  onChange: (rule: PreferenceRule) => void
}

/** In the last 30 days · browse product · most often by category · among the first 1 · at least 3 times · is one of these. */
export function PreferenceEditor({ rule, problems, onChange }: PreferenceEditorProps) {
  const has = (part: string) => under(problems, part).length > 0
  return (
    <div className="event-editor">
      <div className="rule-fields">
        <WindowEditor window={rule.window} invalid={has('window')} onChange={(window) => onChange({ ...rule, window })} />
        <EventPicker value={rule.event} invalid={has('event')} onChange={(event) => onChange({ ...rule, event })} />
        <SubjectFields rule={rule} problems={problems} onChange={onChange} />
      </div>
      <div className="rule-fields rule-filter">
        <RankFields rule={rule} invalid={has('sum')} onChange={onChange} />
        <RankedValues rule={rule} invalid={has('values')} onChange={onChange} />
      </div>
      <MatchConditions match={rule} problems={under(problems, 'filters')} onChange={onChange} />
    </div>
  )
}

const subjectKinds = ['property', 'bands', 'hours'] as const

function newSubject(kind: PreferenceSubject['kind'], property: string): PreferenceSubject {
  if (kind === 'hours') return { kind, edges: [...hourEdges] }
  return kind === 'bands' ? { kind, property, edges: [...bandEdges] } : { kind, property }
}

/** What is ranked: the values of a property, bands of its numbers, or times of day. */
function SubjectFields({ rule, problems, onChange }: PreferenceEditorProps) {
  const t = useT(ruleTexts)
  const known = useKnownProperties(rule.event)
  const { of } = rule
  const property = 'property' in of ? of.property : ''
  return (
    <>
      <span className="muted">{t('preferenceMost')}</span>
      <Select
        value={of.kind}
        aria-label={t('preferenceOf')}
        popupMatchSelectWidth={false}
        style={{ width: 'auto' }}
        options={subjectKinds.map((kind) => ({ value: kind, label: t(`preference_${kind}`) }))}
        onChange={(kind) => kind !== of.kind && onChange({ ...rule, of: newSubject(kind, property), values: [] })}
      />
      {'property' in of && (
        <PropertyPicker
          value={of.property}
          known={known}
          numeric={of.kind === 'bands'}
          width={130}
          invalid={under(problems, 'of.property').length > 0}
          onChange={(name) => onChange({ ...rule, of: { ...of, property: name }, ...(of.kind === 'property' ? { values: [] } : {}) })}
        />
      )}
      {'edges' in of && (
        <Select
          mode="tags"
          value={of.edges.map(String)}
          aria-label={t('preferenceEdges')}
          title={t('preferenceEdges')}
          status={under(problems, 'of.edges').length > 0 ? 'error' : ''}
          style={{ minWidth: 180 }}
          tokenSeparators={[',', '，', '、', ' ']}
          open={false}
          suffixIcon={null}
          onChange={(texts) => onChange(withEdges(rule, of, texts))}
        />
      )}
    </>
  )
}

/** Values whose band is gone go with it. */
function withEdges(rule: PreferenceRule, of: Extract<PreferenceSubject, { edges: number[] }>, texts: readonly string[]): PreferenceRule {
  const edges = edgesFrom(texts, of.kind === 'hours')
  return { ...rule, of: { ...of, edges }, values: rule.values.filter((value) => typeof value === 'number' && edges.includes(value)) }
}

/** Among how many of the first, with how many events, by what they are ranked. */
function RankFields({ rule, invalid, onChange }: { rule: PreferenceRule; invalid: boolean; onChange: (rule: PreferenceRule) => void }) {
  const t = useT(ruleTexts)
  const known = useKnownProperties(rule.event)
  const { sum, ...counted } = rule
  return (
    <>
      <Select<'count' | 'sum'>
        value={sum === undefined ? 'count' : 'sum'}
        aria-label={t('preferenceBy')}
        popupMatchSelectWidth={false}
        style={{ width: 'auto' }}
        options={[
          { value: 'count', label: t('preferenceByCount') },
          { value: 'sum', label: t('preferenceBySum') },
        ]}
        onChange={(by) => onChange(by === 'sum' ? { ...rule, sum: sum ?? '' } : counted)}
      />
      {sum !== undefined && (
        <PropertyPicker
          value={sum}
          known={known}
          numeric
          width={120}
          invalid={invalid}
          onChange={(name) => onChange({ ...rule, sum: name })}
        />
      )}
      <span className="muted">{t('preferenceRank')}</span>
      <InputNumber
        value={rule.rank}
        min={1}
        max={preferenceRankMax}
        precision={0}
        aria-label={t('preferenceRank')}
        style={{ width: 60 }}
        onChange={(rank) => rank !== null && onChange({ ...rule, rank })}
      />
      <span className="muted">{t('preferenceLeast')}</span>
      <InputNumber
        value={rule.least}
        min={1}
        max={100_000}
        precision={0}
        aria-label={t('preferenceLeast')}
        style={{ width: 68 }}
        onChange={(least) => least !== null && onChange({ ...rule, least })}
      />
      <span className="muted">{t('preferenceTimes')}</span>
    </>
  )
}

function RankedValues({ rule, invalid, onChange }: { rule: PreferenceRule; invalid: boolean; onChange: (rule: PreferenceRule) => void }) {
  const t = useT(ruleTexts)
  const language = useLanguage()
  const known = useKnownProperties(rule.event)
  const { of, values } = rule
  const status = invalid ? 'error' : ''
  const style = { minWidth: 200, flex: '1 1 200px' }
  if (of.kind !== 'property')
    return (
      <Select<number[]>
        mode="multiple"
        value={values.filter((value) => typeof value === 'number')}
        placeholder={t('preferenceBands')}
        aria-label={t('preferenceBands')}
        status={status}
        style={style}
        options={of.edges.map((edge) => ({ value: edge, label: rankedName(edge, of, language) }))}
        onChange={(bands) => onChange({ ...rule, values: of.edges.filter((edge) => bands.includes(edge)) })}
      />
    )
  const property = known.find((one) => one.name === of.property)
  const type = property?.type === 'number' ? 'number' : 'string'
  const read = (text: string) => {
    const value = fromText(text.trim(), type)
    return typeof value === 'boolean' ? text : value
  }
  return (
    <Select
      mode="tags"
      value={values.map(String)}
      placeholder={t('values')}
      aria-label={t('values')}
      status={status}
      style={style}
      tokenSeparators={[',', '，', '、']}
      options={(property?.samples ?? []).map((sample) => ({ value: sample, label: sample }))}
      onChange={(texts) => onChange({ ...rule, values: texts.filter((text) => text.trim() !== '').map(read) })}
    />
  )
}
