import { answeredPercent, type JourneyDetail, rehearsalDaysMax, type TaskAnswers } from '@chaoxi/contract'
import { App, Button, Progress, Segmented, Select, Tooltip } from 'antd'
import { useState } from 'react'
import { useEndpoint, useMutate } from '../../api/hooks.ts'
import { useT } from '../../i18n/index.ts'
import { localMinute } from '../../rules/rule-sentence.ts'
import { useCan, useTimeZone } from '../../shell/me.ts'
import { EmptyState, ErrorState, Loaded, useFilters } from '../../ui/index.ts'
import type { DraftSession } from '../canvas/use-draft.ts'
import { trialTexts } from '../trial/texts.ts'
import { TrialTab } from '../trial/trial-tab.tsx'
import { RehearsalView } from './rehearsal-view.tsx'
import './rehearsal.css'
import { AnswerShares } from './answer-shares.tsx'
import { rehearsalTexts } from './texts.ts'

const spans = [7, 14, 30, rehearsalDaysMax] as const
/** While one is playing. */
const refreshMs = 1_000

/** Before it goes live: walked through by a few people, or played over what was recorded. */
export function RehearsalTab({ journey, session }: { journey: JourneyDetail; session: DraftSession }) {
  const t = useT(trialTexts)
  const [filters, setFilters] = useFilters({ part: '', rehearsal: '', trial: '' })
  const part = filters.part === 'history' || (filters.part === '' && filters.rehearsal !== '') ? 'history' : 'trial'
  return (
    <div className="panel rehearsal">
      <Segmented
        className="rehearsal-parts"
        value={part}
        onChange={(next) => setFilters({ part: next === 'history' ? next : '', rehearsal: '', trial: '' })}
        options={[
          { value: 'trial', label: t('trialPart') },
          { value: 'history', label: t('historyPart') },
        ]}
      />
      {part === 'trial' ? <TrialTab journey={journey} session={session} /> : <History journey={journey} session={session} />}
    </div>
  )
}

/** Plays the journey over what was recorded, and shows what came of it; the newest first. */
function History({ journey, session }: { journey: JourneyDetail; session: DraftSession }) {
  const t = useT(rehearsalTexts)
  const zone = useTimeZone()
  const [filters, setFilters] = useFilters({ part: '', rehearsal: '' })
  const list = useEndpoint('journeyRehearsals', { params: { id: journey.id } }, { refreshMs: 5_000 })
  const items = list.data?.items ?? []
  const chosen = items.find((one) => one.id === filters.rehearsal) ?? items[0]
  const nameOf = (one: (typeof items)[number]) => {
    const what = one.version === null ? t('draftOf', { revision: one.draftRevision ?? 0 }) : t('versionOf', { version: one.version })
    return `${localMinute(one.askedAt, zone)} · ${what} · ${t(one.reach)}`
  }
  return (
    <>
      <p className="muted">{t('lead')}</p>
      <AskRow journey={journey} session={session} onAsked={(rehearsal) => setFilters({ rehearsal })} />
      {list.error && <ErrorState error={list.error} onRetry={() => void list.refetch()} />}
      {list.data !== undefined && items.length === 0 && <EmptyState title={t('emptyTitle')} text={t('emptyText')} />}
      {items.length > 1 && (
        <div className="row rehearsal-history">
          <span className="muted">{t('history')}</span>
          <Select
            value={chosen?.id ?? null}
            onChange={(rehearsal) => setFilters({ rehearsal: rehearsal ?? '' })}
            options={items.map((one) => ({ value: one.id, label: nameOf(one) }))}
            popupMatchSelectWidth={false}
            aria-label={t('history')}
          />
        </div>
      )}
      {chosen !== undefined && <Chosen key={chosen.id} journey={journey} id={chosen.id} />}
    </>
  )
}

function AskRow({ journey, session, onAsked }: { journey: JourneyDetail; session: DraftSession; onAsked: (id: string) => void }) {
  const t = useT(rehearsalTexts)
  const { message } = App.useApp()
  const canWrite = useCan('journeys.write')
  const ask = useMutate('journeyRehearse', { refresh: ['journeyRehearsals'] })
  const [days, setDays] = useState<number>(30)
  const [version, setVersion] = useState<'draft' | 'live'>('draft')
  const [reach, setReach] = useState<'recorded' | 'everyone'>('recorded')
  const [answers, setAnswers] = useState<TaskAnswers>({})
  const definition = version === 'live' ? (journey.live ?? journey.draft) : journey.draft
  const tasks = definition.nodes.filter((node) => node.kind === 'human_task')
  const over = tasks.some(({ id }) => answeredPercent(answers[id] ?? {}) > 100)
  const unsaved = version === 'draft' && session.state !== 'saved'
  async function start() {
    const known = Object.fromEntries(Object.entries(answers).filter(([id]) => tasks.some((node) => node.id === id)))
    const given = tasks.length > 0 ? { answers: known } : {}
    try {
      onAsked((await ask.mutateAsync({ params: { id: journey.id }, body: { version, reach, days, ...given } })).id)
      message.success(t('started'))
    } catch {
      // Shown beside the button.
    }
  }
  return (
    <>
      <div className="row">
        <Segmented value={days} onChange={setDays} options={spans.map((value) => ({ value, label: t('days', { days: value }) }))} />
        {journey.version !== null && (
          <Segmented
            value={version}
            onChange={setVersion}
            options={[
              { value: 'draft', label: t('draft') },
              { value: 'live', label: t('live') },
            ]}
          />
        )}
        <Tooltip title={t('reachHint')}>
          <Segmented
            value={reach}
            onChange={setReach}
            options={[
              { value: 'recorded', label: t('recorded') },
              { value: 'everyone', label: t('everyone') },
            ]}
          />
        </Tooltip>
        <Tooltip title={unsaved ? t('unsaved') : ''}>
          <Button type="primary" disabled={!canWrite || unsaved || over} loading={ask.isPending} onClick={() => void start()} data-rehearse>
            {t('start')}
          </Button>
        </Tooltip>
      </div>
      {tasks.map((node) => (
        <AnswerShares
          key={node.id}
          node={node}
          shares={answers[node.id] ?? {}}
          onChange={(shares) => setAnswers({ ...answers, [node.id]: shares })}
        />
      ))}
      {ask.error && <ErrorState error={ask.error} />}
    </>
  )
}

function Chosen({ journey, id }: { journey: JourneyDetail; id: string }) {
  const t = useT(rehearsalTexts)
  const canWrite = useCan('journeys.write')
  const [playing, setPlaying] = useState(true)
  const query = useEndpoint(
    'journeyRehearsal',
    { params: { id: journey.id, rehearsal: id } },
    { refreshMs: playing ? refreshMs : undefined },
  )
  const cancel = useMutate('journeyRehearsalCancel', { refresh: ['journeyRehearsals', 'journeyRehearsal'] })
  const state = query.data?.state
  const busy = state === undefined || state === 'waiting' || state === 'running'
  if (busy !== playing) setPlaying(busy)
  return (
    <Loaded query={query}>
      {(rehearsal) => {
        if (rehearsal.state === 'failed') return <p className="bad">{t('failed', { reason: rehearsal.reason ?? '' })}</p>
        if (rehearsal.state === 'cancelled') return <p className="muted">{t('cancelled')}</p>
        const { result } = rehearsal
        if (result !== null) return <RehearsalView journeyId={journey.id} rehearsal={rehearsal} result={result} />
        const percent = Math.floor(rehearsal.progress * 100)
        return (
          <div className="row" data-playing>
            <Progress percent={percent} size="small" style={{ width: 280 }} />
            <span>{rehearsal.state === 'waiting' ? t('waiting') : t('running', { percent })}</span>
            {canWrite && (
              <Button size="small" loading={cancel.isPending} onClick={() => cancel.mutate({ params: { id: journey.id, rehearsal: id } })}>
                {t('cancel')}
              </Button>
            )}
          </div>
        )
      }}
    </Loaded>
  )
}
