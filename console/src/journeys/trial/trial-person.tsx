import { messageTests, type TrialMessage, type TrialReport } from '@chaoxi/contract'
import { Link } from '@tanstack/react-router'
import { Button, Drawer, Tag } from 'antd'
import { useMutate } from '../../api/hooks.ts'
import { useT } from '../../i18n/index.ts'
import { reasonText } from '../../messages/reasons.ts'
import { localMinute } from '../../rules/rule-sentence.ts'
import { useCan, useTimeZone } from '../../shell/me.ts'
import { personName, uiTexts, useRun } from '../../ui/index.ts'
import { nodeOf } from '../canvas/graph-basics.ts'
import { type StoryLine, StoryLines } from '../rehearsal/story-lines.tsx'
import { type JourneyNaming, nodeTitle } from '../words/node-words.ts'
import { stepSentence } from '../words/step-words.ts'
import { useJourneyNaming } from '../words/use-journey-naming.ts'
import { happeningsAt, messageHappenings } from './happenings.ts'
import { trialTexts } from './texts.ts'
import type { Participant } from './trial-view.tsx'
import { happeningWords } from './words.ts'

interface Props {
  journeyId: string
  report: TrialReport
  participant: Participant
  onClose: () => void
}

type Words = ReturnType<typeof useT<keyof typeof trialTexts>>

/** Everything that happened to one of the people, by the clock of the journey. */
export function TrialPerson({ journeyId, report, participant, onClose }: Props) {
  const t = useT(trialTexts)
  const ui = useT(uiTexts)
  const zone = useTimeZone()
  const naming = useJourneyNaming()
  const { definition } = report
  const { person, story } = participant
  const title = (id: string) => {
    const node = nodeOf(definition, id)
    return node === undefined ? id : nodeTitle(node, naming)
  }
  const lines: StoryLine[] = [
    ...(story?.steps ?? []).map((step, i) => ({ at: step.at, key: `s${i}`, colour: 'blue', text: stepSentence(step, definition, naming) })),
    ...(story?.messages ?? []).map((message) => ({
      at: message.at ?? message.due ?? message.queuedAt,
      key: `m${message.key}`,
      colour: message.outcome === 'sent' ? 'green' : message.outcome === 'held' ? 'orange' : 'red',
      text: <Message message={message} title={title(message.nodeId)} zone={zone} />,
    })),
    ...(story?.deeds ?? []).map(({ at, nodeId, kind, what }, i) => ({
      at,
      key: `d${i}`,
      colour: 'purple',
      text: <Deed kind={kind} what={what} naming={naming} title={title(nodeId)} />,
    })),
    ...(story?.made ?? []).map(({ at, what, auto }, i) => ({
      at,
      key: `h${i}`,
      colour: 'gray',
      text: (
        <>
          {happeningWords(what, definition, naming)} {auto && <Tag>{t('auto')}</Tag>}
        </>
      ),
    })),
  ]
  return (
    <Drawer open size={560} title={t('personTitle', { name: personName(person, ui) })} onClose={onClose}>
      <div className="row" style={{ marginBottom: 16 }}>
        <Link to="/people/$id" params={{ id: String(person.id) }}>
          {personName(person, ui)}
        </Link>
        <Acts journeyId={journeyId} report={report} participant={participant} />
      </div>
      <StoryLines lines={lines} />
    </Drawer>
  )
}

function Acts({ journeyId, report, participant: { person, story } }: Omit<Props, 'onClose'>) {
  const t = useT(trialTexts)
  const run = useRun()
  const naming = useJourneyNaming()
  const canWrite = useCan('journeys.write')
  const act = useMutate('journeyTrialAct', { refresh: ['journeyTrial'] })
  const node = story?.nodeId ? nodeOf(report.definition, story.nodeId) : undefined
  if (!canWrite || node === undefined || (report.state !== 'running' && report.state !== 'paused')) return null
  const asked = new Set(report.definition.nodes.flatMap((one) => messageTests(one).map(({ test }) => test.node)))
  const sent = [...new Set((story?.messages ?? []).map((one) => one.nodeId))].filter((id) => asked.has(id))
  const options = [...happeningsAt(report.definition, node), ...sent.flatMap(messageHappenings)]
  return (
    <>
      {options.map((what) => (
        <Button
          key={JSON.stringify(what)}
          size="small"
          onClick={() =>
            void run(
              () =>
                act.mutateAsync({
                  params: { id: journeyId, trial: report.id },
                  body: { kind: 'happen', person: person.id, node: node.id, what },
                }),
              t('done'),
            )
          }
        >
          {happeningWords(what, report.definition, naming)}
        </Button>
      ))}
    </>
  )
}

function Message({ message, title, zone }: { message: TrialMessage; title: string; zone: string }) {
  const t = useT(trialTexts)
  const { language } = useJourneyNaming()
  const { outcome, reason, due, content, test, warning } = message
  const said =
    outcome === 'sent'
      ? `${t('wouldSend', { node: title })}${reason === 'after_waiting' ? `（${t('later')}）` : ''}`
      : outcome === 'held'
        ? t('wouldWait', { node: title, reason: reasonText(reason, language), due: due === null ? '' : localMinute(due, zone) })
        : t('wouldStop', { node: title, reason: reasonText(reason, language) })
  return (
    <>
      <div>{said}</div>
      {content !== null && <div className="trial-content">{content.kind === 'sms' ? content.text : <Popup popup={content.popup} />}</div>}
      {warning !== null && <div className="bad">{reasonText(warning, language)}</div>}
      {test !== null && (
        <div className="muted">
          {test.state === 'not_sent'
            ? t('notSent', { reason: test.reason === 'recipient_full' ? t('recipient_full') : reasonText(test.reason ?? '', language) })
            : t('toWhom', { name: test.recipient, state: testState(test.state, test.reason, t, language) })}
        </div>
      )}
    </>
  )
}

const testStates = ['queued', 'sending', 'sent', 'delivered', 'clicked', 'failed', 'unknown', 'stopped'] as const

function testState(state: string, reason: string | null, t: Words, language: 'zh' | 'en'): string {
  const known = testStates.find((one) => one === state)
  return known === undefined ? state : t(`test_${known}`, { reason: reason === null ? '' : reasonText(reason, language) })
}

function Popup({ popup }: { popup: { title: string; body: string; button: string } }) {
  return (
    <>
      <b>{popup.title}</b>
      <div>{popup.body}</div>
      {popup.button !== '' && <Tag>{popup.button}</Tag>}
    </>
  )
}

const deedKinds = ['grant', 'tag', 'attribute', 'start', 'stop', 'task'] as const

function Deed({ kind, what, naming, title }: { kind: string; what: Record<string, unknown>; naming: JourneyNaming; title: string }) {
  const t = useT(trialTexts)
  const text = (value: unknown) => (typeof value === 'string' ? value : '')
  const names = {
    grant: naming.coupon(text(what.coupon)),
    tag: naming.tag(text(what.tag)),
    attribute: text(what.attribute),
    start: naming.journey(text(what.journey)),
    stop: naming.journey(text(what.journey)),
    task: text(what.title),
  }
  const known = deedKinds.find((one) => one === kind)
  const done = known === undefined ? t('deed_other', { name: title }) : t(`deed_${known}`, { name: names[known] })
  const failed = what.done === false ? t('deedFailed', { reason: reasonText(text(what.reason), naming.language) }) : ''
  return (
    <>
      {t('wouldDo', { what: done })}
      {failed}
    </>
  )
}
