import type { TaskDetail, TaskFor } from '@chaoxi/contract'
import { Link } from '@tanstack/react-router'
import { App, Button, Drawer, Input, Popover, Space, Tag } from 'antd'
import { useRef, useState } from 'react'
import { useEndpoint, useMutate } from '../api/hooks.ts'
import { useLanguage, useT } from '../i18n/index.ts'
import { WhoFields } from '../journeys/forms/task-fields.tsx'
import { outcomeName, whoWords } from '../journeys/words/task-words.ts'
import { Memberships } from '../people/person-why.tsx'
import { TimelineWords } from '../people/timeline-words.tsx'
import { useCan, useMe, useTimeZone } from '../shell/me.ts'
import { useRun } from '../ui/confirm-action.tsx'
import { PersonLink } from '../ui/person-link.tsx'
import { problemWords } from '../ui/problem-words.ts'
import { ToneText } from '../ui/state-text.tsx'
import { Loaded } from '../ui/states.tsx'
import { Phone, Time, TimeAgo } from '../ui/values.tsx'
import { texts } from './texts.ts'
import { useNow } from './use-now.ts'
import { byWords, dueWords, entryWords, refusalWords, resultOf, stateWords, taskTones } from './words.ts'

const refreshMs = 3_000
const recentShown = 5
const refresh = ['tasks', 'task', 'taskCounts'] as const

/** One task: the customer, what to do, its results, and what happened to it; null is closed. */
export function TaskDrawer({ id, onClose }: { id: string | null; onClose: () => void }) {
  const t = useT(texts)
  const task = useEndpoint('task', { params: { id: id ?? '' } }, { enabled: id !== null, refreshMs })
  const data = task.data?.id === id ? task.data : undefined
  return (
    <Drawer open={id !== null} onClose={onClose} title={t('title')} size={640} destroyOnHidden>
      {id !== null && (
        <Loaded query={{ data, error: task.error, refetch: task.refetch }}>{(found) => <TaskPanel key={found.id} task={found} />}</Loaded>
      )}
    </Drawer>
  )
}

function TaskPanel({ task }: { task: TaskDetail }) {
  const t = useT(texts)
  const language = useLanguage()
  const me = useMe()?.account.id
  const now = useNow()
  const canWork = useCan('tasks.write')
  const due = dueWords(task.dueAt, now, t, language)
  const open = task.closed === null
  return (
    <div className="task-panel" data-task={task.id}>
      <header>
        <h2>
          {task.priority === 'high' && <Tag color="red">{t('high')}</Tag>}
          {task.title}
        </h2>
        <div className="row">
          <ToneText tone={taskTones[task.state]}>{stateWords(task, me, t)}</ToneText>
          {open ? (
            <span className={due.late ? 'task-late' : 'muted'}>
              {due.text} · <Time at={task.dueAt} seconds={false} />
            </span>
          ) : (
            <span className="muted">
              {resultOf(task, language, t)} {task.closed?.by && byWords(task.closed.by, t)} <Time at={task.closed?.at} seconds={false} />
            </span>
          )}
          <span className="muted">{whoWords(task.who, language, (email) => task.whoName ?? email)}</span>
          <Link to="/journeys/$id" params={{ id: task.journey.id }}>
            {task.journey.name}
          </Link>
        </div>
      </header>
      <CustomerHead task={task} />
      {task.instructions !== '' && (
        <section>
          <h3>{t('instructions')}</h3>
          <p className="task-instructions">{task.instructions}</p>
        </section>
      )}
      {open && canWork && <Answer task={task} />}
      {open && canWork && <Moves task={task} me={me} />}
      <History task={task} canWork={canWork} />
    </div>
  )
}

/** Who it is about, at a glance. */
function CustomerHead({ task }: { task: TaskDetail }) {
  const t = useT(texts)
  const params = { id: task.person.id }
  const person = useEndpoint('person', { params }).data
  const lately = useEndpoint('personTimeline', { params, query: { limit: recentShown } }).data?.items
  return (
    <section className="task-person">
      <div className="row">
        <strong>
          <PersonLink person={task.person} />
        </strong>
        <Phone value={task.person.phone} />
        <Link to="/people/$id" params={{ id: String(task.person.id) }}>
          {t('profile')}
        </Link>
      </div>
      {person !== undefined && person.tags.length > 0 && <Memberships items={person.tags} to="/tags/$key" none="" />}
      {lately !== undefined && (
        <ul className="task-lately">
          {lately.length === 0 && <li className="muted">{t('recentNone')}</li>}
          {lately.map((item) => (
            <li key={item.id}>
              <TimeAgo at={item.at} /> <TimelineWords item={item} />
            </li>
          ))}
        </ul>
      )}
    </section>
  )
}

function Answer({ task }: { task: TaskDetail }) {
  const t = useT(texts)
  const language = useLanguage()
  const me = useMe()?.account.id
  const { message } = App.useApp()
  const [note, setNote] = useState('')
  // Sent again after a broken connection, it is the same answer.
  const key = useRef(`${task.id} ${Date.now()} ${Math.random()}`)
  const answer = useMutate('taskAnswer', { refresh })
  const run = useRun()
  const taken = task.taken !== null && task.taken.account !== me
  async function choose(outcome: TaskDetail['outcomes'][number]) {
    const input = { params: { id: task.id }, body: { outcome: outcome.id, note, key: key.current } }
    const result = outcomeName(outcome, language)
    try {
      await answer.mutateAsync(input)
      message.success(t('answered', { result }))
    } catch (error) {
      const words = refusalWords(error, language)
      if (words !== null) message.warning(words)
      else await run(() => Promise.reject(error))
    }
  }
  return (
    <section className="task-answer">
      <h3>{t('answer')}</h3>
      <Input.TextArea
        value={note}
        maxLength={2_000}
        autoSize={{ minRows: 2, maxRows: 8 }}
        aria-label={t('note')}
        placeholder={t('note')}
        disabled={taken}
        onChange={(event) => setNote(event.target.value)}
      />
      <div className="row">
        {task.outcomes.map((outcome, i) => (
          <Button
            key={outcome.id}
            type={i === 0 ? 'primary' : 'default'}
            disabled={taken}
            loading={answer.isPending && answer.variables?.body?.outcome === outcome.id}
            onClick={() => void choose(outcome)}
            data-outcome={outcome.id}
          >
            {outcomeName(outcome, language)}
          </Button>
        ))}
        {taken && <span className="muted">{stateWords(task, me, t)}</span>}
      </div>
    </section>
  )
}

/** Take, put back, hand over. */
function Moves({ task, me }: { task: TaskDetail; me: string | undefined }) {
  const t = useT(texts)
  const language = useLanguage()
  const { message } = App.useApp()
  const take = useMutate('taskTake', { refresh })
  const putBack = useMutate('taskPutBack', { refresh })
  const params = { id: task.id }
  const run = useRun()
  async function grab() {
    const done = await take.mutateAsync({ body: { ids: [task.id] } })
    const [refused] = done.refused
    if (refused) message.warning(problemWords(refused.message, language))
  }
  return (
    <div className="row">
      {task.state === 'open' && (
        <Button onClick={() => void run(grab)} loading={take.isPending} data-take>
          {t('take')}
        </Button>
      )}
      {task.state === 'taken' && (
        <Button
          onClick={() => void run(() => putBack.mutateAsync({ params }))}
          loading={putBack.isPending}
          data-put-back={task.taken?.account === me}
        >
          {t('putBack')}
        </Button>
      )}
      <HandOver task={task} />
    </div>
  )
}

function HandOver({ task }: { task: TaskDetail }) {
  const t = useT(texts)
  const [open, setOpen] = useState(false)
  const [who, setWho] = useState<TaskFor>({ kind: 'member', email: '' })
  const [note, setNote] = useState('')
  const hand = useMutate('taskHand', { refresh })
  const run = useRun()
  async function give() {
    if (await run(() => hand.mutateAsync({ params: { id: task.id }, body: { who, note } }), t('handed'))) setOpen(false)
  }
  return (
    <Popover
      trigger="click"
      open={open}
      onOpenChange={setOpen}
      placement="bottomLeft"
      title={t('handTo')}
      content={
        <div className="task-hand">
          <WhoFields who={who} onChange={setWho} />
          <Input
            value={note}
            maxLength={200}
            placeholder={t('handNote')}
            aria-label={t('handNote')}
            onChange={(event) => setNote(event.target.value)}
          />
          <Button
            type="primary"
            disabled={who.kind === 'member' && who.email === ''}
            loading={hand.isPending}
            onClick={() => void give()}
            data-hand
          >
            {t('hand')}
          </Button>
        </div>
      }
    >
      <Button>{t('hand')}</Button>
    </Popover>
  )
}

function History({ task, canWork }: { task: TaskDetail; canWork: boolean }) {
  const t = useT(texts)
  const language = useLanguage()
  const timeZone = useTimeZone()
  const members = useEndpoint('members').data?.items ?? []
  const nameOf = (email: string) => members.find((one) => one.email === email)?.name || email
  return (
    <section>
      <h3>{t('history')}</h3>
      <ul className="task-history">
        {task.history.map((entry) => (
          <li key={`${entry.at} ${entry.kind} ${entry.text}`}>
            <Time at={entry.at} seconds={false} /> {entry.by && <strong>{byWords(entry.by, t)}</strong>}{' '}
            {entryWords(entry, task, { t, language, timeZone, nameOf })}
            {entry.text !== '' && <div className="task-said">{entry.text}</div>}
          </li>
        ))}
      </ul>
      {canWork && <Comment task={task} />}
    </section>
  )
}

function Comment({ task }: { task: TaskDetail }) {
  const t = useT(texts)
  const [text, setText] = useState('')
  const comment = useMutate('taskComment', { refresh: ['task'] })
  const run = useRun()
  async function say() {
    if (text.trim() === '') return
    if (await run(() => comment.mutateAsync({ params: { id: task.id }, body: { text } }))) setText('')
  }
  return (
    <Space.Compact block>
      <Input
        value={text}
        maxLength={2_000}
        placeholder={t('comment')}
        aria-label={t('comment')}
        onChange={(event) => setText(event.target.value)}
        onPressEnter={() => void say()}
      />
      <Button loading={comment.isPending} onClick={() => void say()}>
        {t('addComment')}
      </Button>
    </Space.Compact>
  )
}
