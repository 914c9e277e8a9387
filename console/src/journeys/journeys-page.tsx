import type { JourneySummary } from '@chaoxi/contract'
import { Link, useNavigate } from '@tanstack/react-router'
import { Button, Space } from 'antd'
import { useState } from 'react'
import { useEndpoint, useList } from '../api/hooks.ts'
import { useT } from '../i18n/index.ts'
import { useCan } from '../shell/me.ts'
import {
  byName,
  byUpdate,
  type Column,
  ListPage,
  NameCell,
  numberCell,
  PeopleNumber,
  StateText,
  stateTexts,
  TimeAgo,
  ToneText,
} from '../ui/index.ts'
import { alarmTexts } from './alarms/texts.ts'
import { standsWords } from './alarms/words.ts'
import { CreateJourney } from './create-journey.tsx'
import { journeyTexts } from './words/texts.ts'

const refreshMs = 5_000
const states = ['live', 'paused', 'draft', 'archived'] as const

export function JourneysPage() {
  const t = useT(journeyTexts)
  const s = useT(stateTexts)
  const canWrite = useCan('journeys.write')
  const navigate = useNavigate()
  const [creating, setCreating] = useState(false)
  const list = useList('journeys', {}, { refreshMs })
  const open = () => setCreating(true)
  return (
    <>
      <ListPage<JourneySummary>
        title={t('title')}
        subtitle={t('subtitle')}
        list={list}
        rowKey={(journey) => journey.id}
        onOpen={(journey) => void navigate({ to: '/journeys/$id', params: { id: journey.id } })}
        create={canWrite ? { label: t('create'), run: open } : null}
        search={t('search')}
        textOf={({ name, key }) => `${name} ${key}`}
        choices={[
          {
            name: 'status',
            label: t('status'),
            options: [{ value: '', label: t('statusAll') }, ...states.map((state) => ({ value: state, label: s(state) }))],
            keep: (journey, value) => journey.status === value,
          },
        ]}
        columns={[
          {
            title: t('name'),
            key: 'name',
            sorter: byName,
            render: (_, journey) => (
              <NameCell code={journey.key}>
                <Link to="/journeys/$id" params={{ id: journey.id }}>
                  {journey.name}
                </Link>
              </NameCell>
            ),
          },
          {
            title: t('status'),
            key: 'status',
            width: 170,
            render: (_, journey) => (
              <>
                <StateText state={journey.status} />
                <Flags journeyId={journey.id} />
              </>
            ),
          },
          {
            title: t('version'),
            key: 'version',
            width: 110,
            render: (_, { version, share }) =>
              version === null ? (
                <span className="muted">{t('neverPublished')}</span>
              ) : (
                <>
                  {t('versionLine', { version })}
                  {share < 100 && <span className="muted"> · {share}%</span>}
                </>
              ),
          },
          peopleColumn(t('entered'), 'entered', 'entered'),
          peopleColumn(t('activeNow'), 'active', 'inside'),
          peopleColumn(t('finished'), 'finished', 'ended'),
          {
            title: t('updated'),
            key: 'updated',
            width: 130,
            sorter: byUpdate,
            render: (_, { updatedAt }) => <TimeAgo at={updatedAt} />,
          },
        ]}
        empty={{
          title: t('emptyTitle'),
          text: t('emptyText'),
          instead: true,
          action: (
            <Space>
              <Link to="/playbooks">
                <Button type="primary">{t('createPlaybook')}</Button>
              </Link>
              {canWrite && <Button onClick={open}>{t('createBlank')}</Button>}
            </Space>
          ),
        }}
      />
      {creating && <CreateJourney onClose={() => setCreating(false)} />}
    </>
  )
}

/** Open alarms of a journey, and that nothing has come of it for long. */
function Flags({ journeyId }: { journeyId: string }) {
  const t = useT(alarmTexts)
  const { data } = useEndpoint('alarms', {}, { refreshMs: 30_000 })
  const alarms = (data?.items ?? []).filter((alarm) => alarm.journeyId === journeyId)
  const idle = data?.unproductive.find((one) => one.journeyId === journeyId)
  return (
    <>
      {alarms.map((alarm) => (
        <div key={alarm.id} title={standsWords(alarm, t)} data-alarm={alarm.kind}>
          <ToneText tone="bad">{t(`kind_${alarm.kind}`)}</ToneText>
        </div>
      ))}
      {idle !== undefined && (
        <div data-unproductive={idle.reason}>
          <ToneText tone="warn">{t(`unproductive_${idle.reason}`)}</ToneText>
        </div>
      )}
    </>
  )
}

/** A count that opens the people it counts. */
function peopleColumn(
  title: string,
  count: 'entered' | 'active' | 'finished',
  stage: 'entered' | 'inside' | 'ended',
): Column<JourneySummary> {
  return {
    title,
    key: count,
    ...numberCell,
    width: 110,
    sorter: (a, b) => a[count] - b[count],
    render: (_, journey) => <PeopleNumber value={journey[count]} search={{ journey: journey.id, stage }} />,
  }
}
