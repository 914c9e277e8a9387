import type { Finding, Governed } from '@chaoxi/contract'
import { Link } from '@tanstack/react-router'
import { App, Select, Table } from 'antd'
import { useState } from 'react'
import { ApiError, call } from '../api/client.ts'
import { useEndpoint } from '../api/hooks.ts'
import { useLanguage, useT } from '../i18n/index.ts'
import { useCan, useTimeZone } from '../shell/me.ts'
import { useWho } from '../shell/who.ts'
import {
  byName,
  ConfirmAction,
  EmptyState,
  formatDate,
  formatNumber,
  Loaded,
  NameCell,
  numberCell,
  PeopleNumber,
  SearchBox,
  TimeAgo,
  ToneText,
  uiTexts,
  useFilters,
} from '../ui/index.ts'
import { problemWords } from '../ui/problem-words.ts'
import { errorText } from '../ui/states.tsx'
import { UsedByList } from './definition-parts.tsx'
import { findingCodes, governanceTexts } from './governance-texts.ts'

const nameOf = ({ kind, key }: { kind: string; key: string }) => `${kind}:${key}`

export function DefinitionLink({ definition }: { definition: { kind: 'tag' | 'segment'; key: string; name: string } }) {
  const { kind, key, name } = definition
  const params = { key }
  if (kind === 'tag')
    return (
      <Link to="/tags/$key" params={params}>
        {name}
      </Link>
    )
  return (
    <Link to="/segments/$key" params={params}>
      {name}
    </Link>
  )
}

/** Every active tag and segment with what is out of order about it; those chosen can be archived together. */
export function GovernanceList() {
  const query = useEndpoint('governance')
  return (
    <Loaded query={query} rows={12}>
      {({ items, archived }) => <Listed items={items} archived={archived} refetch={() => void query.refetch()} />}
    </Loaded>
  )
}

function Listed({ items, archived, refetch }: { items: readonly Governed[]; archived: number; refetch: () => void }) {
  const t = useT(governanceTexts)
  const canWrite = useCan('rules.write')
  const [filters, setFilters] = useFilters({ q: '', finding: '', kind: '' })
  const [chosen, setChosen] = useState<readonly string[]>([])
  const has = (one: Governed, code: string) =>
    code === 'all' || (code === '' ? one.findings.length > 0 : one.findings.some((finding) => finding.code === code))
  const wanted = filters.q.trim().toLowerCase()
  const rows = items.filter(
    (one) =>
      has(one, filters.finding) &&
      (filters.kind === '' || one.kind === filters.kind) &&
      `${one.name} ${one.key}`.toLowerCase().includes(wanted),
  )
  const count = (code: string) => items.filter((one) => has(one, code)).length
  const columns = useColumns()
  return (
    <div className="stack">
      <div className="data-table">
        <div className="toolbar">
          <SearchBox value={filters.q} onChange={(q) => setFilters({ q })} placeholder={t('search')} />
          <Select<string>
            value={filters.finding}
            aria-label={t('problems')}
            style={{ width: 200 }}
            onChange={(finding) => setFilters({ finding })}
            options={[
              { value: '', label: `${t('anyProblem')} ${count('')}` },
              ...findingCodes.map((code) => ({ value: code, label: `${t(code)} ${count(code)}` })),
              { value: 'all', label: `${t('everything')} ${items.length}` },
            ]}
          />
          <Select<string>
            value={filters.kind}
            aria-label={t('kind')}
            style={{ width: 110 }}
            onChange={(kind) => setFilters({ kind })}
            options={[
              { value: '', label: t('everything') },
              { value: 'tag', label: t('tag') },
              { value: 'segment', label: t('segment') },
            ]}
          />
          {canWrite && chosen.length > 0 && (
            <ArchiveChosen
              chosen={items.filter((one) => chosen.includes(nameOf(one)))}
              done={() => {
                setChosen([])
                refetch()
              }}
            />
          )}
        </div>
        {rows.length === 0 ? (
          <EmptyState title={t('cleanTitle')} text={t('cleanText')} />
        ) : (
          <Table<Governed>
            size="small"
            rowKey={nameOf}
            dataSource={rows}
            columns={columns}
            scroll={{ x: 'max-content' }}
            pagination={{ pageSize: 50, hideOnSinglePage: true, showSizeChanger: false }}
            {...(canWrite ? { rowSelection: { selectedRowKeys: [...chosen], onChange: (keys) => setChosen(keys.map(String)) } } : {})}
            expandable={{
              rowExpandable: (one) => one.usedBy.length > 0,
              expandedRowRender: (one) => <UsedByList usedBy={one.usedBy} />,
            }}
          />
        )}
      </div>
      {archived > 0 && (
        <p className="row muted">
          {t('archivedCount', { count: archived })}
          <Link to="/tags" search={{ status: 'archived' }}>
            {t('archivedTags')}
          </Link>
          <Link to="/segments" search={{ status: 'archived' }}>
            {t('archivedSegments')}
          </Link>
        </p>
      )}
    </div>
  )
}

function useColumns() {
  const t = useT(governanceTexts)
  const who = useWho()
  return [
    {
      title: t('name'),
      key: 'name',
      width: 220,
      sorter: byName,
      render: (_: unknown, one: Governed) => (
        <NameCell code={one.key}>
          <DefinitionLink definition={one} />
        </NameCell>
      ),
    },
    { title: t('kind'), key: 'kind', width: 80, render: (_: unknown, one: Governed) => t(one.kind) },
    {
      title: t('problems'),
      key: 'findings',
      render: (_: unknown, one: Governed) => (
        <ul className="findings">
          {one.findings.map((finding) => (
            <FindingLine key={finding.code} finding={finding} />
          ))}
        </ul>
      ),
    },
    {
      title: t('usedBy'),
      key: 'usedBy',
      width: 100,
      sorter: (a: Governed, b: Governed) => a.usedBy.length - b.usedBy.length,
      render: (_: unknown, one: Governed) =>
        one.usedBy.length === 0 ? <span className="muted">{t('usedNobody')}</span> : t('usedCount', { count: one.usedBy.length }),
    },
    {
      title: t('size'),
      key: 'size',
      ...numberCell,
      width: 90,
      sorter: (a: Governed, b: Governed) => a.size - b.size,
      render: (_: unknown, one: Governed) => <PeopleNumber value={one.size} search={{ [one.kind]: one.key }} />,
    },
    {
      title: t('moved'),
      key: 'moved',
      width: 130,
      sorter: (a: Governed, b: Governed) => (a.movedAt ?? '').localeCompare(b.movedAt ?? ''),
      render: (_: unknown, one: Governed) =>
        one.movedAt === null ? <span className="muted">{t('neverMoved')}</span> : <TimeAgo at={one.movedAt} />,
    },
    { title: t('owner'), key: 'owner', width: 110, render: (_: unknown, one: Governed) => who(one.owner) },
  ]
}

const serious: readonly Finding['code'][] = ['never', 'waiting', 'unheard', 'always']

function FindingLine({ finding }: { finding: Finding }) {
  const t = useT(governanceTexts)
  const language = useLanguage()
  const timeZone = useTimeZone()
  const { code, since, same, places } = finding
  const comma = language === 'zh' ? '、' : ', '
  const hint =
    code === 'duplicate'
      ? t('duplicateHint', { names: same.map(({ name }) => name).join(comma) })
      : code === 'unheard'
        ? t('unheardHint', { places: places.map(({ message }) => problemWords(message, language)).join(comma) })
        : t(`${code}Hint`)
  return (
    <li title={hint}>
      <ToneText tone={serious.includes(code) ? 'warn' : 'calm'}>{t(code)}</ToneText>
      {since !== null && <span className="muted"> {t('since', { day: formatDate(since, timeZone) })}</span>}
      {(code === 'duplicate' || code === 'unheard') && <div className="muted">{hint}</div>}
    </li>
  )
}

function ArchiveChosen({ chosen, done }: { chosen: readonly Governed[]; done: () => void }) {
  const t = useT(governanceTexts)
  const ui = useT(uiTexts)
  const language = useLanguage()
  const { message, notification } = App.useApp()
  const people = chosen.reduce((sum, one) => sum + one.size, 0)
  /** One after the other: what one of them uses may be free after it. */
  const archive = async () => {
    let archived = 0
    for (const one of chosen) {
      try {
        await call(one.kind === 'tag' ? 'tagArchive' : 'segmentArchive', { params: { key: one.key } })
        archived++
      } catch (error) {
        const problems = error instanceof ApiError ? error.problems : []
        const reason = problems.map((problem) => problemWords(problem.message, language)).join(language === 'zh' ? '、' : ', ')
        notification.warning({ title: t('archiveKept', { name: one.name, reason: reason || errorText(error, ui) }), duration: 0 })
      }
    }
    if (archived > 0) message.success(t('archiveDone', { count: archived }))
    done()
  }
  return (
    <ConfirmAction
      danger
      title={t('archiveChosenTitle', { count: chosen.length })}
      text={t('archiveChosenText', { people: formatNumber(people, language) })}
      doIt={t('archiveChosen')}
      run={archive}
    >
      {t('archiveChosen')} {chosen.length}
    </ConfirmAction>
  )
}
