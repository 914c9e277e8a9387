import type { JourneyDetail, JourneyExplanation } from '@chaoxi/contract'
import { Button } from 'antd'
import { useState } from 'react'
import { useT } from '../../i18n/index.ts'
import { channelTexts } from '../../messages/channel-texts.ts'
import { Moments } from '../../messages/message-moments.tsx'
import { StateText, TimeAgo } from '../../ui/index.ts'
import { nodeOf } from '../canvas/graph-basics.ts'
import { RunDrawer } from '../watching/run-drawer.tsx'
import { nodeTitle } from '../words/node-words.ts'
import { reasonWords } from '../words/reason-words.ts'
import { runStateNames } from '../words/run-states.ts'
import { resultWords } from '../words/step-words.ts'
import { journeyTexts } from '../words/texts.ts'
import { useWords } from './use-words.ts'

type ExplainedRun = JourneyExplanation['runs'][number]

/** Each time that the customer came in, with every message that came of it and what was decided about that. */
export function RunsExplained({ explanation, journey }: { explanation: JourneyExplanation; journey: JourneyDetail }) {
  const { t, naming } = useWords()
  const j = useT(journeyTexts)
  const [opened, setOpened] = useState<ExplainedRun | null>(null)
  const definition = journey.live ?? journey.draft
  return (
    <>
      {explanation.runs.map((run) => (
        <div key={run.id} className="why-run" data-run={run.id}>
          <div className="row">
            <StateText state={runStateNames[run.state]} />
            <span>
              {j('runEntered')} <TimeAgo at={run.enteredAt} />
            </span>
            <span className="muted">{j('versionLine', { version: run.version })}</span>
            {run.result !== null && <span>{(run.state === 'failed' ? reasonWords : resultWords)(run.result, naming.language)}</span>}
            <Button size="small" onClick={() => setOpened(run)}>
              {t('runStory')}
            </Button>
          </div>
          {run.messages.length === 0 ? <p className="muted">{t('runMessagesNone')}</p> : <Messages run={run} journey={journey} />}
        </div>
      ))}
      {explanation.moreRuns && <p className="muted">{t('runsMore')}</p>}
      {opened !== null && (
        <RunDrawer journeyId={journey.id} run={opened} definition={definition} naming={naming} onClose={() => setOpened(null)} />
      )}
    </>
  )
}

function Messages({ run, journey }: { run: ExplainedRun; journey: JourneyDetail }) {
  const { t, naming } = useWords()
  const channel = useT(channelTexts)
  const titleOf = (nodeId: string | null) => {
    const node = nodeId === null ? undefined : nodeOf(journey.live ?? journey.draft, nodeId)
    return node === undefined ? nodeId : nodeTitle(node, naming)
  }
  return (
    <>
      <p className="muted">{t('messages')}</p>
      {run.messages.map((message) => (
        <div key={message.id} className="why-message">
          <div className="row">
            <strong>{titleOf(message.nodeId)}</strong>
            <span className="muted">{channel(message.channel)}</span>
            <StateText state={message.state} />
          </div>
          <Moments message={message} />
        </div>
      ))}
    </>
  )
}
