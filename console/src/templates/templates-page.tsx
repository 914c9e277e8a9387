import { channels, type TemplateView } from '@chaoxi/contract'
import { Link, useNavigate } from '@tanstack/react-router'
import { useList } from '../api/hooks.ts'
import { useT } from '../i18n/index.ts'
import { useCan } from '../shell/me.ts'
import { byName, byUpdate, ListPage, NameCell, TimeAgo, useFilters } from '../ui/index.ts'
import { CreateTemplate } from './create-template.tsx'
import './templates.css'
import { templateTexts } from './texts.ts'

export function TemplatesPage() {
  const t = useT(templateTexts)
  const canWrite = useCan('content.write')
  const navigate = useNavigate()
  const [{ channel, create }, setFilters] = useFilters({ channel: '', create: '' })
  const list = useList('templates')
  return (
    <>
      <ListPage<TemplateView>
        title={t('title')}
        subtitle={t('subtitle')}
        list={list}
        rowKey={(template) => template.key}
        onOpen={(template) => void navigate({ to: '/templates/$key', params: { key: template.key } })}
        create={canWrite ? { label: t('create'), run: () => setFilters({ create: channel === 'popup' ? 'popup' : 'sms' }) } : null}
        search={t('search')}
        textOf={(template) => `${template.name} ${template.key} ${textOf(template)}`}
        choices={[
          {
            name: 'channel',
            label: t('channel'),
            options: [{ value: '', label: t('channelAll') }, ...channels.map((value) => ({ value, label: t(value) }))],
            keep: (template, value) => template.channel === value,
          },
        ]}
        columns={[
          {
            title: t('name'),
            key: 'name',
            width: 240,
            sorter: byName,
            render: (_, template) => (
              <NameCell code={template.key}>
                <Link to="/templates/$key" params={{ key: template.key }}>
                  {template.name}
                </Link>
              </NameCell>
            ),
          },
          { title: t('channel'), key: 'channel', width: 90, render: (_, template) => t(template.channel) },
          { title: t('text'), key: 'text', render: (_, template) => <div className="template-text">{textOf(template)}</div> },
          {
            title: t('updated'),
            key: 'updated',
            width: 130,
            sorter: byUpdate,
            render: (_, template) => <TimeAgo at={template.updatedAt} />,
          },
        ]}
        empty={{ title: t('emptyTitle'), text: t('emptyText') }}
      />
      {create !== '' && canWrite && (
        <CreateTemplate initial={create === 'popup' ? 'popup' : 'sms'} onClose={() => setFilters({ create: '' })} />
      )}
    </>
  )
}

function textOf({ content }: TemplateView): string {
  return content.kind === 'sms' ? content.text : `${content.title} · ${content.body}`
}
