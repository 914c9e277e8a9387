import type { Alarm, AlarmLimits } from '@chaoxi/contract'
import { InputNumber, Modal } from 'antd'
import { useState } from 'react'
import { useMutate } from '../../api/hooks.ts'
import { useT } from '../../i18n/index.ts'
import { useCan, useTimeZone } from '../../shell/me.ts'
import { formatTime } from '../../ui/format.ts'
import { useRun } from '../../ui/index.ts'
import { AlarmOutlet } from './alarm-outlet.tsx'
import { alarmTexts } from './texts.ts'
import { standsWords } from './words.ts'

interface AlarmSettingsProps {
  journeyId: string
  limits: AlarmLimits
  history: readonly Alarm[]
  onClose: () => void
}

const historyShown = 10

/** What a journey's numbers are held against, where alarms are told, and those there were. */
export function AlarmSettings({ journeyId, limits, history, onClose }: AlarmSettingsProps) {
  const t = useT(alarmTexts)
  const run = useRun()
  const timeZone = useTimeZone()
  const can = useCan('journeys.publish')
  const save = useMutate('journeyAlarmLimits', { refresh: ['journeyAlarms', 'alarms'] })
  const [draft, setDraft] = useState(limits)
  const set = (change: Partial<AlarmLimits>) => setDraft((before) => ({ ...before, ...change }))
  const doSave = async () => {
    if (await run(() => save.mutateAsync({ params: { id: journeyId }, body: draft }), t('saved'))) onClose()
  }
  const time = (at: string) => formatTime(at, timeZone, { seconds: false })
  return (
    <Modal
      open
      style={{ top: 32 }}
      title={t('settings')}
      okText={t('save')}
      cancelText={t('cancel')}
      okButtonProps={{ disabled: !can, loading: save.isPending }}
      onOk={() => void doSave()}
      onCancel={onClose}
    >
      <div className="stack" data-alarm-settings>
        <p className="muted">{t('settingsText')}</p>
        <Limit
          label={t('failurePercent')}
          hint={t('failureHint')}
          max={100}
          value={draft.failurePercent}
          onChange={(failurePercent) => set({ failurePercent })}
        />
        <Limit
          label={t('dropPercent')}
          hint={t('dropHint')}
          max={100}
          value={draft.dropPercent}
          onChange={(dropPercent) => set({ dropPercent })}
        />
        <Limit
          label={t('cost')}
          max={10_000_000}
          value={draft.costFen === null ? null : draft.costFen / 100}
          onChange={(yuan) => set({ costFen: yuan === null ? null : Math.max(1, Math.round(yuan * 100)) })}
        />
        <Limit label={t('lagMinutes')} max={100_000} value={draft.lagMinutes} onChange={(lagMinutes) => set({ lagMinutes })} />
        <AlarmOutlet />
        <section>
          <h2 className="section-title">{t('history')}</h2>
          {history.length === 0 ? (
            <p className="muted">{t('historyNone')}</p>
          ) : (
            <ul className="why-list">
              {history.slice(0, historyShown).map((alarm) => (
                <li key={alarm.id}>
                  <strong>{t(`kind_${alarm.kind}`)}</strong> {standsWords(alarm, t)}
                  <div className="muted">
                    {alarm.closedAt === null
                      ? t('since', { time: time(alarm.openedAt) })
                      : t('span', { from: time(alarm.openedAt), to: time(alarm.closedAt) })}
                  </div>
                </li>
              ))}
            </ul>
          )}
        </section>
      </div>
    </Modal>
  )
}

interface LimitProps {
  label: string
  hint?: string
  max: number
  value: number | null
  onChange: (value: number | null) => void
}

function Limit({ label, hint, max, value, onChange }: LimitProps) {
  return (
    <div className="alarm-limit">
      <span>
        {label}
        {hint !== undefined && <div className="muted">{hint}</div>}
      </span>
      <InputNumber min={1} max={max} value={value} aria-label={label} onChange={onChange} />
    </div>
  )
}
