import type { FailureGroup } from '@chaoxi/contract'
import { useQueryClient } from '@tanstack/react-query'
import { App } from 'antd'
import { call } from '../../api/client.ts'
import { useLanguage, useT } from '../../i18n/index.ts'
import { formatNumber, useRun } from '../../ui/index.ts'
import { monitorTexts } from './monitor-texts.ts'

export type FailureAction = 'retry' | 'leave'
type Trouble = Pick<FailureGroup, 'among' | 'nodeId' | 'reason'>

/** Lets runs in trouble try again, or gives them up, batch by batch; of a group all, or these `runs` only. Says what became of them. */
export function useFailureAct(journeyId: string): (action: FailureAction, group: Trouble, runs?: string[]) => Promise<void> {
  const t = useT(monitorTexts)
  const language = useLanguage()
  const run = useRun()
  const { message } = App.useApp()
  const client = useQueryClient()
  return async (action, { among, nodeId, reason }, runs) => {
    const sum = { done: 0, left: 0, kept: 0 }
    await run(async () => {
      for (let after: string | null = ''; after !== null; ) {
        const answer: Awaited<ReturnType<typeof call<'journeyFailuresAct'>>> = await call('journeyFailuresAct', {
          params: { id: journeyId },
          body: { action, among, nodeId, reason, ...(runs === undefined ? {} : { runs }), ...(after === '' ? {} : { after }) },
        })
        for (const name of ['done', 'left', 'kept'] as const) sum[name] += answer[name]
        after = answer.next
      }
      if (sum.done + sum.left + sum.kept === 0) {
        void message.info(t('failureGone'))
        return
      }
      const parts = [t(action === 'retry' ? 'retriedDone' : 'gaveUpDone', { count: formatNumber(sum.done, language) })]
      if (sum.left > 0) parts.push(t('retriedLeft', { count: formatNumber(sum.left, language) }))
      if (sum.kept > 0) parts.push(t('retriedKept', { count: formatNumber(sum.kept, language) }))
      void message.success(parts.join(language === 'zh' ? '，' : ', '))
    })
    for (const name of ['journeyFailures', 'journeyHealth', 'journeyRuns', 'journeyRunSteps', 'journeyCounters'])
      await client.invalidateQueries({ queryKey: [name] })
  }
}
