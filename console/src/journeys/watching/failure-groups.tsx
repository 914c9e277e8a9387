import type { FailureGroup, JourneyDefinition } from '@chaoxi/contract'
import { useQueryClient } from '@tanstack/react-query'
import { App, Button } from 'antd'
import { useState } from 'react'
import { call } from '../../api/client.ts'
import { useLanguage, useT } from '../../i18n/index.ts'
import { useCan } from '../../shell/me.ts'
import { ConfirmAction, formatNumber, PeopleNumber, TimeAgo, useRun } from '../../ui/index.ts'
import { nodeOf } from '../canvas/graph-basics.ts'
import { type JourneyNaming, nodeTitle } from '../words/node-words.ts'
import { reasonWords } from '../words/reason-words.ts'
import { monitorTexts } from './monitor-texts.ts'

interface FailureGroupsProps {
  journeyId: string
  groups: readonly FailureGroup[]
  definition: JourneyDefinition
  naming: JourneyNaming
}

/** Runs in trouble by step and reason: a whole group tries again, or is given up, at one stroke. */
export function FailureGroups({ journeyId, groups, definition, naming }: FailureGroupsProps) {
  const t = useT(monitorTexts)
  const language = useLanguage()
  const can = useCan('journeys.publish')
  const run = useRun()
  const { message } = App.useApp()
  const client = useQueryClient()
  const [busy, setBusy] = useState<string | null>(null)
  const keyOf = (one: FailureGroup) => `${one.among} ${one.nodeId} ${one.reason}`
  const act = async (action: 'retry' | 'leave', group: FailureGroup) => {
    setBusy(keyOf(group))
    const { among, nodeId, reason } = group
    const sum = { done: 0, left: 0, kept: 0 }
    await run(async () => {
      for (let after: string | null = ''; after !== null; ) {
        const answer: Awaited<ReturnType<typeof call<'journeyFailuresAct'>>> = await call('journeyFailuresAct', {
          params: { id: journeyId },
          body: { action, among, nodeId, reason, ...(after === '' ? {} : { after }) },
        })
        for (const name of ['done', 'left', 'kept'] as const) sum[name] += answer[name]
        after = answer.next
      }
      const parts = [t(action === 'retry' ? 'retriedDone' : 'gaveUpDone', { count: formatNumber(sum.done, language) })]
      if (sum.left > 0) parts.push(t('retriedLeft', { count: formatNumber(sum.left, language) }))
      if (sum.kept > 0) parts.push(t('retriedKept', { count: formatNumber(sum.kept, language) }))
      void message.success(parts.join(language === 'zh' ? '，' : ', '))
    })
    setBusy(null)
    for (const name of ['journeyFailures', 'journeyHealth', 'journeyRuns', 'journeyCounters'])
      await client.invalidateQueries({ queryKey: [name] })
  }
  return (
    <ul className="run-list failure-groups" data-failures>
      {groups.map((group) => {
        const node = nodeOf(definition, group.nodeId)
        return (
          <li key={keyOf(group)}>
            <div>
              <strong>{node === undefined ? t('stepGone', { id: group.nodeId }) : nodeTitle(node, naming)}</strong>{' '}
              <span className="muted">{t(`among_${group.among}`)}</span>{' '}
              {group.among === 'failed' ? (
                <PeopleNumber value={group.count} search={{ journey: journeyId, node: group.nodeId, outcome: 'failed' }} />
              ) : (
                <PeopleNumber value={group.count} search={{ journey: journeyId, node: group.nodeId, outcome: 'waiting' }} />
              )}
              <div className="run-facts">
                {reasonWords(group.reason, language)} · {t('lastAt')} <TimeAgo at={group.lastAt} />
              </div>
            </div>
            {can && (
              <span className="row nowrap">
                <Button size="small" loading={busy === keyOf(group)} onClick={() => void act('retry', group)}>
                  {t('retryGroup')}
                </Button>
                <ConfirmAction
                  size="small"
                  danger
                  title={t('giveUpAsk', { count: formatNumber(group.count, language) })}
                  doIt={t('giveUp')}
                  run={() => act('leave', group)}
                >
                  {t('giveUp')}
                </ConfirmAction>
              </span>
            )}
          </li>
        )
      })}
    </ul>
  )
}
