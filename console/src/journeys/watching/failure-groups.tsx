import type { FailureGroup, JourneyDefinition } from '@chaoxi/contract'
import { Button } from 'antd'
import { useState } from 'react'
import { useLanguage, useT } from '../../i18n/index.ts'
import { useCan } from '../../shell/me.ts'
import { ConfirmAction, formatNumber, PeopleNumber, TimeAgo } from '../../ui/index.ts'
import { nodeOf } from '../canvas/graph-basics.ts'
import { type JourneyNaming, nodeTitle } from '../words/node-words.ts'
import { reasonWords } from '../words/reason-words.ts'
import { monitorTexts } from './monitor-texts.ts'
import { type FailureAction, useFailureAct } from './use-failure-act.ts'

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
  const act = useFailureAct(journeyId)
  const [busy, setBusy] = useState<string | null>(null)
  const keyOf = (one: FailureGroup) => `${one.among} ${one.nodeId} ${one.reason}`
  const actOn = async (action: FailureAction, group: FailureGroup) => {
    setBusy(keyOf(group))
    await act(action, group)
    setBusy(null)
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
                <Button size="small" loading={busy === keyOf(group)} onClick={() => void actOn('retry', group)}>
                  {t('retryGroup')}
                </Button>
                <ConfirmAction
                  size="small"
                  danger
                  title={t('giveUpAsk', { count: formatNumber(group.count, language) })}
                  doIt={t('giveUp')}
                  run={() => actOn('leave', group)}
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
