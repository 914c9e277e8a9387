import { Button } from 'antd'
import { useState } from 'react'
import { useEndpoint } from '../../api/hooks.ts'
import { useT } from '../../i18n/index.ts'
import { ToneText } from '../../ui/index.ts'
import { AlarmSettings } from './alarm-settings.tsx'
import { alarmTexts } from './texts.ts'
import { standsWords } from './words.ts'

const refreshMs = 10_000

/** What is wrong with a journey now, and what that is held against. */
export function AlarmLine({ journeyId }: { journeyId: string }) {
  const t = useT(alarmTexts)
  const [opened, setOpened] = useState(false)
  const { data } = useEndpoint('journeyAlarms', { params: { id: journeyId } }, { refreshMs })
  if (data === undefined) return null
  const open = data.items.filter((alarm) => alarm.closedAt === null)
  return (
    <>
      {open.map((alarm) => (
        <span key={alarm.id} data-alarm={alarm.kind} title={standsWords(alarm, t)}>
          <ToneText tone="bad">{t(`kind_${alarm.kind}`)}</ToneText> <span className="muted">{standsWords(alarm, t)}</span>
        </span>
      ))}
      <Button size="small" onClick={() => setOpened(true)}>
        {t('settings')}
      </Button>
      {opened && <AlarmSettings journeyId={journeyId} limits={data.limits} history={data.items} onClose={() => setOpened(false)} />}
    </>
  )
}
