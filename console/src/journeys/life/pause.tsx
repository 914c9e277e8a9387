import { type JourneyDetail, type PausePolicy, pausePolicies } from '@chaoxi/contract'
import { Button, Modal, Radio } from 'antd'
import { useState } from 'react'
import { useMutate } from '../../api/hooks.ts'
import { useLanguage, useT } from '../../i18n/index.ts'
import { formatNumber, uiTexts, useRun } from '../../ui/index.ts'
import { pauseTexts } from '../words/pause-texts.ts'
import { journeyTexts } from '../words/texts.ts'

const refresh = ['journey', 'journeys', 'overview', 'effects'] as const

/** Pauses or resumes, and asks what becomes of what falls due meanwhile. */
export function PauseAction({ journey }: { journey: JourneyDetail }) {
  const t = useT(journeyTexts)
  const p = useT(pauseTexts)
  const ui = useT(uiTexts)
  const language = useLanguage()
  const run = useRun()
  const pause = useMutate('journeyPause', { refresh })
  const resume = useMutate('journeyResume', { refresh })
  const [policy, setPolicy] = useState<PausePolicy | null>(null)
  if (journey.status !== 'live' && journey.status !== 'paused') return null
  const isPaused = journey.status === 'paused'
  const words = isPaused
    ? ({ button: 'resume', title: 'resumeTitle', text: 'resumeText', done: 'resumed' } as const)
    : ({ button: 'pause', title: 'pauseTitle', text: 'pauseText', done: 'paused' } as const)
  const values = { name: journey.name, active: formatNumber(journey.active, language) }
  const chosen = policy ?? 'send'
  const send = async () => {
    const input = { params: { id: journey.id }, query: { policy: chosen } }
    if (await run(() => (isPaused ? resume : pause).mutateAsync(input), t(words.done))) setPolicy(null)
  }
  return (
    <>
      <Button onClick={() => setPolicy(journey.paused?.policy ?? 'send')}>{t(words.button)}</Button>
      <Modal
        open={policy !== null}
        title={t(words.title, values)}
        okText={t(words.button)}
        cancelText={ui('cancel')}
        okButtonProps={{ loading: pause.isPending || resume.isPending }}
        onOk={() => void send()}
        onCancel={() => setPolicy(null)}
      >
        <div className="stack">
          <p>{t(words.text, values)}</p>
          {journey.paused !== null && <b data-overdue>{p('overdue', { people: formatNumber(journey.paused.overdue, language) })}</b>}
          <span className="side-label">{p('policy')}</span>
          <Radio.Group
            value={chosen}
            options={pausePolicies.map((one) => ({ value: one, label: p(`policy_${one}`) }))}
            onChange={(event) => setPolicy(pausePolicies.find((one) => one === event.target.value) ?? 'send')}
          />
          <p className="muted">{p(`hint_${chosen}`)}</p>
        </div>
      </Modal>
    </>
  )
}
