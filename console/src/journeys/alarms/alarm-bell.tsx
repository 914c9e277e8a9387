import { BellOutlined } from '@ant-design/icons'
import { Link } from '@tanstack/react-router'
import { Badge, Button, Popover } from 'antd'
import { useState } from 'react'
import { useEndpoint } from '../../api/hooks.ts'
import { useT } from '../../i18n/index.ts'
import { useMe } from '../../shell/me.ts'
import { TimeAgo } from '../../ui/values.tsx'
import { alarmTexts } from './texts.ts'
import { standsWords } from './words.ts'

const refreshMs = 30_000

/** Open alarms of all journeys, from anywhere in the console. */
export function AlarmBell() {
  const t = useT(alarmTexts)
  const me = useMe()
  const [open, setOpen] = useState(false)
  const { data } = useEndpoint('alarms', {}, { refreshMs, enabled: me !== null })
  const items = data?.items ?? []
  const endpoints = data?.endpoints ?? []
  const count = items.length + endpoints.length
  return (
    <Popover
      trigger="click"
      open={open}
      onOpenChange={setOpen}
      placement="bottomRight"
      title={t('alarms')}
      content={
        count === 0 ? (
          <span className="muted">{t('alarmsNone')}</span>
        ) : (
          <ul className="why-list alarm-list">
            {items.map((alarm) => (
              <li key={alarm.id}>
                <Link to="/journeys/$id" params={{ id: alarm.journeyId }} onClick={() => setOpen(false)}>
                  {alarm.journeyName}
                </Link>{' '}
                <strong>{t(`kind_${alarm.kind}`)}</strong>
                <div className="muted">
                  {standsWords(alarm, t)} · <TimeAgo at={alarm.openedAt} />
                </div>
              </li>
            ))}
            {endpoints.map(({ key, name, why, since }) => (
              <li key={key} data-endpoint={key}>
                <Link to="/settings/endpoints/$key" params={{ key }} onClick={() => setOpen(false)}>
                  {name}
                </Link>{' '}
                <strong>{t(`endpoint_${why}`)}</strong>
                <div className="muted">
                  {t('endpointPaused')} · <TimeAgo at={since} />
                </div>
              </li>
            ))}
          </ul>
        )
      }
    >
      <Button type="text" aria-label={t('bell', { count })} data-bell={count}>
        <Badge count={count} size="small">
          <BellOutlined />
        </Badge>
      </Button>
    </Popover>
  )
}
