import type { MessageView } from '@chaoxi/contract'
import type { TableColumnsType } from 'antd'
import { useMemo } from 'react'
import { useEndpoint } from '../api/hooks.ts'
import { useLanguage, useT } from '../i18n/index.ts'
import { numberCell } from '../ui/data-table.tsx'
import { PersonLink } from '../ui/person-link.tsx'
import { StateText } from '../ui/state-text.tsx'
import { Money, TimeAgo } from '../ui/values.tsx'
import { channelTexts } from './channel-texts.ts'
import { reasonText } from './reasons.ts'
import { texts } from './texts.ts'

/** Names of templates by key; the key itself until they are loaded. */
export function useTemplateName(): (key: string) => string {
  const { data } = useEndpoint('templates')
  return useMemo(() => {
    const names = new Map(data?.items.map(({ key, name }) => [key, name]))
    return (key) => names.get(key) ?? key
  }, [data])
}

export function useMessageColumns({ person }: { person: boolean }): TableColumnsType<MessageView> {
  const t = useT(texts)
  const channel = useT(channelTexts)
  const language = useLanguage()
  const templateName = useTemplateName()
  return useMemo(() => {
    const columns: TableColumnsType<MessageView> = [
      { title: t('createdAt'), dataIndex: 'createdAt', width: 110, render: (at: string) => <TimeAgo at={at} /> },
      { title: t('state'), key: 'state', width: 90, render: (_, message) => <StateText state={message.state} /> },
      {
        title: t('reason'),
        key: 'reason',
        render: (_, message) => (
          <>
            {message.reason ? reasonText(message.reason, language) : <span className="muted">–</span>}
            {message.state === 'held' && message.reason !== 'awaiting_visit' && message.sendAt && (
              <span className="muted">
                {' · '}
                <TimeAgo at={message.sendAt} />
              </span>
            )}
          </>
        ),
      },
      { title: t('channel'), key: 'channel', width: 120, render: (_, message) => channel(message.channel) },
      { title: t('template'), key: 'template', render: (_, message) => templateName(message.template) },
      { title: t('journey'), key: 'journey', render: (_, message) => message.journeyName ?? <span className="muted">–</span> },
      { title: t('sentAt'), dataIndex: 'sentAt', width: 110, render: (at: string | null) => <TimeAgo at={at} /> },
      { title: t('clickedAt'), dataIndex: 'clickedAt', width: 110, render: (at: string | null) => <TimeAgo at={at} /> },
      {
        ...numberCell,
        title: t('cost'),
        dataIndex: 'costFen',
        width: 80,
        render: (fen: number) => (fen === 0 ? <span className="muted">–</span> : <Money fen={fen} />),
      },
    ]
    if (person) columns.splice(1, 0, { title: t('person'), key: 'person', render: (_, message) => <PersonLink person={message.person} /> })
    return columns
  }, [t, channel, language, templateName, person])
}
