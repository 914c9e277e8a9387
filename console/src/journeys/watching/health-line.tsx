import type { JourneyDefinition, JourneyHealth } from '@chaoxi/contract'
import { Button, Drawer } from 'antd'
import { useState } from 'react'
import { useEndpoint, useMutate } from '../../api/hooks.ts'
import { useLanguage, useT } from '../../i18n/index.ts'
import { useCan } from '../../shell/me.ts'
import { ConfirmAction, EmptyState, PersonLink, Time, ToneText, useRun } from '../../ui/index.ts'
import { nodeOf } from '../canvas/graph-basics.ts'
import { durationWords } from '../words/duration-words.ts'
import { type JourneyNaming, nodeTitle } from '../words/node-words.ts'
import { reasonWords } from '../words/reason-words.ts'
import { FailureGroups } from './failure-groups.tsx'
import { monitorTexts } from './monitor-texts.ts'

const refreshMs = 5_000
const failuresRefreshMs = 15_000
/** So late nobody needs to be told: moves are made in batches. */
const lagShownSeconds = 60

interface HealthLineProps {
  journeyId: string
  definition: JourneyDefinition
  naming: JourneyNaming
}

/** How late the journey is, and who cannot move. */
export function HealthLine({ journeyId, definition, naming }: HealthLineProps) {
  const t = useT(monitorTexts)
  const [opened, setOpened] = useState(false)
  const { data } = useEndpoint('journeyHealth', { params: { id: journeyId } }, { refreshMs })
  const groups = useEndpoint('journeyFailures', { params: { id: journeyId } }, { refreshMs: failuresRefreshMs }).data?.items ?? []
  const failed = groups.reduce((sum, one) => sum + (one.among === 'failed' ? one.count : 0), 0)
  if (data === undefined) return null
  const { lagSeconds, trying, overdue, healed, stuck } = data
  return (
    <span className="muted" data-health>
      {lagSeconds >= lagShownSeconds ? <ToneText tone="warn">{t('lag', { time: lagWords(lagSeconds, naming) })}</ToneText> : t('lagNone')}
      {trying > 0 && (
        <>
          {' · '}
          <ToneText tone="bad">{t('trying', { count: trying })}</ToneText>
        </>
      )}
      {overdue > 0 && (
        <>
          {' · '}
          <ToneText tone="warn">{t('overdue', { count: overdue })}</ToneText>
        </>
      )}
      {failed > 0 && (
        <>
          {' · '}
          <ToneText tone="bad">{t('failed', { count: failed })}</ToneText>
        </>
      )}
      {healed.runs > 0 && ` · ${t('healed', { count: healed.runs })}`}
      {(stuck.length > 0 || groups.length > 0) && (
        <Button size="small" type="link" onClick={() => setOpened(true)}>
          {t('stuckOpen')}
        </Button>
      )}
      {opened && (
        <Drawer open size={600} title={t('stuckTitle')} onClose={() => setOpened(false)}>
          {groups.length > 0 && <FailureGroups journeyId={journeyId} groups={groups} definition={definition} naming={naming} />}
          {(stuck.length > 0 || groups.length === 0) && (
            <>
              {groups.length > 0 && <h3 className="section-title">{t('stuckOneByOne')}</h3>}
              <Stuck journeyId={journeyId} stuck={stuck} definition={definition} naming={naming} />
            </>
          )}
        </Drawer>
      )}
    </span>
  )
}

function lagWords(seconds: number, { language }: JourneyNaming): string {
  const minutes = Math.floor(seconds / 60)
  if (minutes < 120) return durationWords({ amount: Math.max(1, minutes), unit: 'minute' }, language)
  return durationWords({ amount: Math.floor(minutes / 60), unit: 'hour' }, language)
}

function Stuck({ journeyId, stuck, definition, naming }: HealthLineProps & { stuck: JourneyHealth['stuck'] }) {
  const t = useT(monitorTexts)
  const language = useLanguage()
  const run = useRun()
  const can = useCan('journeys.publish')
  const act = useMutate('journeyRunsAct', { refresh: ['journeyHealth', 'journeyRuns', 'journeyCounters'] })
  const all = stuck.map((one) => one.id)
  const retry = (runs: string[]) => run(() => act.mutateAsync({ params: { id: journeyId }, body: { action: 'retry', runs } }))
  const letLeave = (runs: string[]) => act.mutateAsync({ params: { id: journeyId }, body: { action: 'leave', runs } })
  if (stuck.length === 0) return <EmptyState title={t('stuckEmpty')} text={t('stuckEmptyText')} />
  const titleOf = (nodeId: string) => {
    const node = nodeOf(definition, nodeId)
    return node === undefined ? t('stepGone', { id: nodeId }) : nodeTitle(node, naming)
  }
  return (
    <>
      {can && (
        <div className="row" style={{ marginBottom: 12 }}>
          <Button size="small" onClick={() => void retry(all)}>
            {t('retryAll')}
          </Button>
          <ConfirmAction size="small" danger title={t('letLeaveAsk', { count: all.length })} doIt={t('letLeave')} run={() => letLeave(all)}>
            {t('letLeaveAll')}
          </ConfirmAction>
        </div>
      )}
      <ul className="run-list" data-stuck>
        {stuck.map((one) => (
          <li key={one.id}>
            <div>
              <PersonLink person={one.person} /> <span className="muted">{titleOf(one.nodeId)}</span>
              <div className="run-facts">
                {one.tries > 0
                  ? t('stuckTries', { tries: one.tries, reason: reasonWords(one.result, language) })
                  : one.wakeAt !== null && <Time at={one.wakeAt} />}
              </div>
            </div>
            {can && (
              <span className="row">
                <Button size="small" onClick={() => void retry([one.id])}>
                  {t('retry')}
                </Button>
                <ConfirmAction
                  size="small"
                  danger
                  title={t('letLeaveAsk', { count: 1 })}
                  doIt={t('letLeave')}
                  run={() => letLeave([one.id])}
                >
                  {t('letLeave')}
                </ConfirmAction>
              </span>
            )}
          </li>
        ))}
      </ul>
    </>
  )
}
