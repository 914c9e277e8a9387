import type { TaskView } from '@chaoxi/contract'
import { Link } from '@tanstack/react-router'
import { App, Button, Checkbox, Segmented, Select, type TableColumnsType, Tag } from 'antd'
import { useMemo, useState } from 'react'
import { useEndpoint, useMutate, usePages } from '../api/hooks.ts'
import { type Language, type Translate, useLanguage, useT } from '../i18n/index.ts'
import { whoWords } from '../journeys/words/task-words.ts'
import { useCan, useMe } from '../shell/me.ts'
import { DataTable } from '../ui/data-table.tsx'
import { useFilters } from '../ui/filters.ts'
import { useKeys } from '../ui/keys.ts'
import { PageHeader } from '../ui/page-header.tsx'
import { PersonLink } from '../ui/person-link.tsx'
import { problemWords } from '../ui/problem-words.ts'
import { ToneText } from '../ui/state-text.tsx'
import { Time, TimeAgo } from '../ui/values.tsx'
import { TaskDrawer } from './task-drawer.tsx'
import { texts } from './texts.ts'
import { useNow } from './use-now.ts'
import { byWords, dueWords, resultOf, stateWords, taskTones } from './words.ts'
import './tasks.css'

const refreshMs = 5_000
const scopes = ['mine', 'role', 'all'] as const
const none = { whose: '', state: '', journey: '', task: '' }

export function TasksPage() {
  const t = useT(texts)
  const [filters, setFilters] = useFilters(none)
  const whose = scopes.find((one) => one === filters.whose) ?? 'mine'
  const closed = filters.state === 'closed'
  const counts = useEndpoint('taskCounts', {}, { refreshMs }).data
  const journeys = useEndpoint('journeys').data?.items ?? []
  const query = { whose, state: closed ? ('closed' as const) : ('open' as const), ...(filters.journey ? { journey: filters.journey } : {}) }
  const list = usePages('tasks', { query }, { refreshMs })
  const { chosen, toggle, clear } = useChosen(list.rows)
  const canWork = useCan('tasks.write')
  const columns = useColumns(closed, canWork ? { chosen, toggle } : null)
  const selected = list.rows.filter((row) => chosen.has(row.id))
  useRowKeys(list.rows, toggle)
  const label = (scope: (typeof scopes)[number]) =>
    counts === undefined ? t(scope) : t('counted', { name: t(scope), count: counts[scope] })
  const emptyTitle = closed ? t('emptyClosed') : whose === 'mine' ? t('emptyMine') : whose === 'role' ? t('emptyRole') : t('emptyAll')
  return (
    <>
      <PageHeader title={t('title')} subtitle={t('subtitle')} />
      <DataTable<TaskView>
        list={list}
        columns={columns}
        rowKey={(row) => row.id}
        onOpen={(row) => setFilters({ task: row.id })}
        filtered={filters.journey !== ''}
        onClearFilters={() => setFilters({ journey: '' })}
        empty={
          whose === 'mine' && !closed
            ? {
                title: emptyTitle,
                text: t('emptyMineText'),
                action: <Button onClick={() => setFilters({ whose: 'role' })}>{t('role')}</Button>,
              }
            : { title: emptyTitle, text: t('emptyText'), action: <Link to="/journeys">{t('toJourneys')}</Link> }
        }
        toolbar={
          <>
            <Segmented
              value={whose}
              options={scopes.map((value) => ({ value, label: closed ? t(value) : label(value) }))}
              onChange={(next) => setFilters({ whose: next === 'mine' ? '' : next })}
            />
            <Segmented
              value={closed ? 'closed' : 'open'}
              options={(['open', 'closed'] as const).map((value) => ({ value, label: t(value) }))}
              onChange={(next) => setFilters({ state: next === 'open' ? '' : next })}
            />
            <Select
              value={filters.journey}
              aria-label={t('journey')}
              style={{ minWidth: 180 }}
              showSearch={{ optionFilterProp: 'label' }}
              popupMatchSelectWidth={false}
              options={[{ value: '', label: t('anyJourney') }, ...journeys.map(({ id, name }) => ({ value: id, label: name }))]}
              onChange={(journey) => setFilters({ journey })}
            />
            {selected.length > 0 && <TakeMany rows={selected} onDone={clear} />}
            <span className="muted task-keys">{t('keys')}</span>
          </>
        }
      />
      <TaskDrawer id={filters.task === '' ? null : filters.task} onClose={() => setFilters({ task: '' })} />
    </>
  )
}

/** Those that are chosen and still to be taken. */
function useChosen(rows: readonly TaskView[]) {
  const [ids, setIds] = useState<ReadonlySet<string>>(new Set())
  const open = new Set(rows.filter((row) => row.state === 'open').map((row) => row.id))
  const chosen = new Set([...ids].filter((id) => open.has(id)))
  function toggle(...given: string[]) {
    const next = new Set(chosen)
    const all = given.every((id) => next.has(id))
    for (const id of given) {
      if (all) next.delete(id)
      else if (open.has(id)) next.add(id)
    }
    setIds(next)
  }
  return { chosen, toggle, clear: () => setIds(new Set()) }
}

function TakeMany({ rows, onDone }: { rows: readonly TaskView[]; onDone: () => void }) {
  const t = useT(texts)
  const language = useLanguage()
  const { message } = App.useApp()
  const take = useMutate('taskTake', { refresh: ['tasks', 'task', 'taskCounts'] })
  async function run() {
    const { taken, refused } = await take.mutateAsync({ body: { ids: rows.map((row) => row.id) } })
    if (taken.length > 0) message.success(t('tookSome', { count: taken.length }))
    const why = [...new Set(refused.map((one) => problemWords(one.message, language)))].join('；')
    if (refused.length > 0) message.warning(t('refusedSome', { count: refused.length, why }))
    onDone()
  }
  return (
    <Button type="primary" loading={take.isPending} onClick={() => void run()} data-take-many>
      {t('takeSelected', { count: rows.length })}
    </Button>
  )
}

/** j and k go from row to row, x chooses; Enter opens, as in every list. */
function useRowKeys(rows: readonly TaskView[], toggle: (id: string) => void) {
  const elements = () => [...document.querySelectorAll<HTMLElement>('.data-table .row-open')]
  const at = () => elements().indexOf(document.activeElement instanceof HTMLElement ? document.activeElement : document.body)
  const go = (by: number) => {
    const all = elements()
    const next = all[Math.min(Math.max(at() + by, 0), all.length - 1)]
    if (next === undefined) return false
    next.focus()
    next.scrollIntoView({ block: 'nearest' })
    return true
  }
  useKeys({
    j: () => go(1),
    k: () => go(-1),
    x: () => {
      const row = rows[at()]
      if (row === undefined) return false
      toggle(row.id)
      return true
    },
  })
}

function useColumns(
  closed: boolean,
  choice: { chosen: ReadonlySet<string>; toggle: (...ids: string[]) => void } | null,
): TableColumnsType<TaskView> {
  const t = useT(texts)
  const language = useLanguage()
  const me = useMe()?.account.id
  const now = useNow()
  return useMemo(() => columnsOf(t, language, me, now, closed, choice), [t, language, me, now, closed, choice])
}

function columnsOf(
  t: Translate<keyof typeof texts>,
  language: Language,
  me: string | undefined,
  now: number,
  closed: boolean,
  choice: { chosen: ReadonlySet<string>; toggle: (...ids: string[]) => void } | null,
): TableColumnsType<TaskView> {
  const choosing: TableColumnsType<TaskView> =
    choice === null || closed
      ? []
      : [
          {
            key: 'choose',
            width: 36,
            render: (_, row) =>
              row.state === 'open' && (
                <Checkbox
                  checked={choice.chosen.has(row.id)}
                  aria-label={t('choose', { title: row.title })}
                  onChange={() => choice.toggle(row.id)}
                />
              ),
          },
        ]
  return [
    ...choosing,
    {
      title: t('task'),
      key: 'task',
      width: 320,
      render: (_, row) => (
        <span className="task-title">
          {row.priority === 'high' && <Tag color="red">{t('high')}</Tag>}
          <strong>{row.title}</strong>
        </span>
      ),
    },
    { title: t('customer'), key: 'customer', width: 150, render: (_, row) => <PersonLink person={row.person} /> },
    {
      title: t('who'),
      key: 'who',
      width: 120,
      render: (_, row) => whoWords(row.who, language, (email) => row.whoName ?? email),
    },
    {
      title: t('state'),
      key: 'state',
      width: 120,
      render: (_, row) => <ToneText tone={taskTones[row.state]}>{stateWords(row, me, t)}</ToneText>,
    },
    closed
      ? { title: t('ended'), key: 'ended', width: 130, render: (_, row) => <TimeAgo at={row.closed?.at} /> }
      : {
          title: t('due'),
          key: 'due',
          width: 190,
          render: (_, row) => {
            const { text, late } = dueWords(row.dueAt, now, t, language)
            return (
              <span>
                <span className={late ? 'task-late' : ''}>{text}</span>{' '}
                <span className="muted">
                  <Time at={row.dueAt} seconds={false} />
                </span>
              </span>
            )
          },
        },
    ...(closed
      ? [
          {
            title: t('result'),
            key: 'result',
            width: 200,
            render: (_: unknown, row: TaskView) => (
              <span>
                {resultOf(row, language, t)} {row.closed?.by && <span className="muted">{byWords(row.closed.by, t)}</span>}
              </span>
            ),
          },
        ]
      : []),
    {
      title: t('journey'),
      key: 'journey',
      width: 160,
      render: (_, row) => (
        <Link to="/journeys/$id" params={{ id: row.journey.id }}>
          {row.journey.name}
        </Link>
      ),
    },
  ]
}
