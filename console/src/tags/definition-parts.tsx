import type { Output, PersonSummary, SegmentView } from '@chaoxi/contract'
import { Link } from '@tanstack/react-router'
import { App, Button, Select } from 'antd'
import { useMemo, useState } from 'react'
import { usePages } from '../api/hooks.ts'
import { useLanguage, useT } from '../i18n/index.ts'
import { PersonSearch } from '../rules/person-search.tsx'
import { RuleSentence } from '../rules/rule-builder.tsx'
import { ruleSentence } from '../rules/rule-sentence.ts'
import { useNaming } from '../rules/use-naming.ts'
import { useTimeZone } from '../shell/me.ts'
import {
  Chart,
  ConfirmAction,
  DataTable,
  formatDate,
  formatNumber,
  PeopleNumber,
  PersonLink,
  Phone,
  Stat,
  TimeAgo,
  useFilters,
  useRun,
} from '../ui/index.ts'
import './definitions.css'
import { definitionTexts } from './definition-texts.ts'
import { ValueSizes } from './value-sizes.tsx'
import { valueTexts } from './value-texts.ts'

export type DefinitionKind = 'tag' | 'segment'
export type DefinitionDetail = Output<'segment'>
type UsedBy = DefinitionDetail['usedBy'][number]

/** The rule, or the values, as one line of a table. */
export function Meaning({ definition }: { definition: Pick<SegmentView, 'mode' | 'rule' | 'values'> }) {
  const t = useT(definitionTexts)
  const naming = useNaming()
  if (definition.mode === 'static') return <span className="muted">{t('byHand')}</span>
  const { rule, values } = definition
  const text = rule === null ? values.map((one) => one.value).join(naming.language === 'zh' ? '、' : ', ') : ruleSentence(rule, naming)
  return (
    <span className="meaning" title={text}>
      {text}
    </span>
  )
}

const usedKinds = { tag: 'usedKindTag', segment: 'usedKindSegment', journey: 'usedKindJourney' } as const

function UsedLink({ used }: { used: UsedBy }) {
  if (used.kind === 'tag')
    return (
      <Link to="/tags/$key" params={{ key: used.key }}>
        {used.name}
      </Link>
    )
  if (used.kind === 'segment')
    return (
      <Link to="/segments/$key" params={{ key: used.key }}>
        {used.name}
      </Link>
    )
  return (
    <Link to="/journeys" search={{ q: used.name }}>
      {used.name}
    </Link>
  )
}

export function UsedByList({ usedBy }: { usedBy: readonly UsedBy[] }) {
  const t = useT(definitionTexts)
  if (usedBy.length === 0) return <p className="muted">{t('usedByNobody')}</p>
  return (
    <ul className="used-by">
      {usedBy.map((used) => (
        <li key={`${used.kind} ${used.key}`}>
          <span className="muted">{t(usedKinds[used.kind])}</span> <UsedLink used={used} />
        </li>
      ))}
    </ul>
  )
}

/** Archives what nothing uses; otherwise says what does. */
export function ArchiveButton({ definition, archive }: { definition: DefinitionDetail; archive: () => Promise<unknown> }) {
  const t = useT(definitionTexts)
  const language = useLanguage()
  const { modal } = App.useApp()
  const { usedBy, name } = definition
  if (usedBy.length > 0) {
    const explain = () =>
      modal.info({
        title: t('archiveBlocked', { name }),
        okText: t('understood'),
        content: (
          <>
            <p>{t('archiveBlockedText', { count: usedBy.length })}</p>
            {/* Outside the router's tree: names, not links. */}
            <ul>
              {usedBy.map((used) => (
                <li key={`${used.kind} ${used.key}`}>
                  {t(usedKinds[used.kind])} · {used.name}
                </li>
              ))}
            </ul>
          </>
        ),
      })
    return <Button onClick={explain}>{t('archive')}</Button>
  }
  return (
    <ConfirmAction
      danger
      title={t('archiveConfirm', { name })}
      text={t('archiveText', { count: formatNumber(definition.size, language) })}
      doIt={t('archive')}
      done={t('archiveDone')}
      run={archive}
    >
      {t('archive')}
    </ConfirmAction>
  )
}

/** Size, movement and uses at a glance. */
export function DefinitionOverview({ kind, definition }: { kind: DefinitionKind; definition: DefinitionDetail }) {
  const t = useT(definitionTexts)
  const language = useLanguage()
  const sum = (field: 'entered' | 'left') => definition.history.reduce((total, day) => total + day[field], 0)
  return (
    <div className="stack">
      {definition.rule !== null && <RuleSentence rule={definition.rule} />}
      <div className="stats">
        <Stat label={t('size')}>
          <PeopleNumber value={definition.size} search={{ [kind]: definition.key }} />
        </Stat>
        <Stat label={t('enteredRecent')}>{formatNumber(sum('entered'), language)}</Stat>
        <Stat label={t('leftRecent')}>{formatNumber(sum('left'), language)}</Stat>
        <Stat label={t('computed')}>
          <span className="stat-text">{definition.computedAt === null ? t('notComputed') : <TimeAgo at={definition.computedAt} />}</span>
        </Stat>
      </div>
      {definition.values.length > 0 && <ValueSizes definition={definition} />}
      <div className="definition-columns">
        <section className="panel">
          <h2>{t('historyTitle')}</h2>
          <HistoryChart history={definition.history} />
        </section>
        <section className="panel">
          <h2>{t('usedByTitle')}</h2>
          <UsedByList usedBy={definition.usedBy} />
        </section>
      </div>
    </div>
  )
}

function HistoryChart({ history }: { history: DefinitionDetail['history'] }) {
  const t = useT(definitionTexts)
  const timeZone = useTimeZone()
  const option = useMemo(
    () => ({
      grid: { left: 44, right: 12, top: 26, bottom: 24 },
      legend: { right: 0, top: 0, itemWidth: 10, itemHeight: 10 },
      tooltip: { trigger: 'axis' },
      xAxis: { type: 'category', data: history.map((day) => formatDate(day.at, timeZone).slice(5)) },
      yAxis: { type: 'value', minInterval: 1 },
      series: [
        { type: 'bar', name: t('entered'), stack: 'moves', data: history.map((day) => day.entered), barMaxWidth: 18 },
        { type: 'bar', name: t('left'), stack: 'moves', data: history.map((day) => -day.left), barMaxWidth: 18 },
      ],
    }),
    [history, timeZone, t],
  )
  if (history.length === 0) return <p className="muted">{t('historyEmpty')}</p>
  return <Chart option={option} height={200} label={t('chartLabel')} />
}

export interface MembersProps {
  kind: DefinitionKind
  definition: Pick<DefinitionDetail, 'key' | 'mode' | 'status' | 'values'>
  canEdit: boolean
  change: (members: { add: number[]; remove: number[] }) => Promise<unknown>
}

/** Who is in it; of a static one, who goes in and out. */
export function DefinitionMembers({ kind, definition, canEdit, change }: MembersProps) {
  const t = useT(definitionTexts)
  const run = useRun()
  const v = useT(valueTexts)
  const [{ value }, setFilters] = useFilters({ value: '' })
  const ofTag = { tag: definition.key, ...(value === '' ? {} : { tagValue: value }) }
  const list = usePages('people', { query: kind === 'tag' ? ofTag : { segment: definition.key } })
  const [chosen, setChosen] = useState<PersonSummary | null>(null)
  const byHand = definition.mode === 'static' && definition.status === 'active' && canEdit
  const add = async (person: PersonSummary) => {
    if (await run(() => change({ add: [person.id], remove: [] }), t('memberAdded'))) setChosen(null)
  }
  return (
    <DataTable
      list={list}
      rowKey={(person) => person.id}
      toolbar={
        (definition.values.length > 0 && (
          <Select
            value={value}
            aria-label={v('byValue')}
            style={{ width: 200 }}
            options={[{ value: '', label: v('anyValue') }, ...definition.values.map((one) => ({ value: one.value, label: one.value }))]}
            onChange={(chosen) => setFilters({ value: chosen })}
          />
        )) ||
        (byHand && (
          <>
            <PersonSearch value={chosen} onChange={setChosen} />
            <Button type="primary" disabled={chosen === null} onClick={() => chosen !== null && void add(chosen)}>
              {t('memberAdd')}
            </Button>
          </>
        ))
      }
      empty={{ title: t('memberEmpty'), text: t(definition.mode === 'static' ? 'memberEmptyStatic' : 'memberEmptyDynamic') }}
      columns={[
        { title: t('memberName'), key: 'name', render: (_, person) => <PersonLink person={person} /> },
        { title: t('memberUserId'), key: 'userId', render: (_, person) => person.userId ?? <span className="muted">–</span> },
        {
          title: t('memberPhone'),
          key: 'phone',
          className: 'num',
          render: (_, person) => <Phone value={person.phone} />,
        },
        { title: t('memberSeen'), key: 'seen', render: (_, person) => <TimeAgo at={person.lastSeenAt} /> },
        ...(byHand
          ? [
              {
                title: '',
                key: 'remove',
                render: (_: unknown, person: PersonSummary) => (
                  <Button
                    size="small"
                    type="text"
                    onClick={() => void run(() => change({ add: [], remove: [person.id] }), t('memberRemoved'))}
                  >
                    {t('memberRemove')}
                  </Button>
                ),
              },
            ]
          : []),
      ]}
    />
  )
}
