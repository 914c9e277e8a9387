import { channels, type TemplateView } from '@chaoxi/contract'
import { Link, useNavigate } from '@tanstack/react-router'
import { Button, Select } from 'antd'
import { useList } from '../api/hooks.ts'
import { useT } from '../i18n/index.ts'
import { useCan } from '../shell/me.ts'
import { DataTable, PageHeader, SearchBox, TimeAgo, useFilters, useKeys } from '../ui/index.ts'
import { CreateTemplate } from './create-template.tsx'
import './templates.css'
import { templateTexts } from './texts.ts'

export function TemplatesPage() {
  const t = useT(templateTexts)
  const canWrite = useCan('content.write')
  const navigate = useNavigate()
  const [filters, setFilters] = useFilters({ q: '', channel: '', create: '' })
  const list = useList('templates')
  const rows = list.rows.filter(
    (template) => matches(template, filters.q) && (filters.channel === '' || template.channel === filters.channel),
  )
  const open = () => setFilters({ create: filters.channel === 'popup' ? 'popup' : 'sms' })
  useKeys({ n: canWrite ? open : undefined })
  const createButton = canWrite && (
    <Button type="primary" onClick={open}>
      {t('create')}
    </Button>
  )
  return (
    <>
      <PageHeader title={t('title')} subtitle={t('subtitle')} actions={createButton} />
      <DataTable
        list={{ ...list, rows }}
        rowKey={(template) => template.key}
        onOpen={(template) => void navigate({ to: '/templates/$key', params: { key: template.key } })}
        filtered={filters.q !== '' || filters.channel !== ''}
        onClearFilters={() => setFilters({ q: '', channel: '' })}
        empty={{ title: t('emptyTitle'), text: t('emptyText'), action: createButton }}
        toolbar={
          <>
            <SearchBox value={filters.q} onChange={(q) => setFilters({ q })} placeholder={t('search')} />
            <Select
              value={filters.channel}
              aria-label={t('channel')}
              style={{ width: 130 }}
              options={[{ value: '', label: t('channelAll') }, ...channels.map((channel) => ({ value: channel, label: t(channel) }))]}
              onChange={(channel) => setFilters({ channel })}
            />
          </>
        }
        columns={[
          {
            title: t('name'),
            key: 'name',
            width: 240,
            sorter: (a, b) => a.name.localeCompare(b.name, 'zh-CN'),
            render: (_, template) => (
              <>
                <Link to="/templates/$key" params={{ key: template.key }} className="definition-name">
                  {template.name}
                </Link>
                <div className="definition-key">{template.key}</div>
              </>
            ),
          },
          { title: t('channel'), key: 'channel', width: 90, render: (_, template) => t(template.channel) },
          { title: t('text'), key: 'text', render: (_, template) => <div className="template-text">{textOf(template)}</div> },
          {
            title: t('updated'),
            key: 'updated',
            width: 130,
            sorter: (a, b) => a.updatedAt.localeCompare(b.updatedAt),
            render: (_, template) => <TimeAgo at={template.updatedAt} />,
          },
        ]}
      />
      {filters.create !== '' && canWrite && (
        <CreateTemplate initial={filters.create === 'popup' ? 'popup' : 'sms'} onClose={() => setFilters({ create: '' })} />
      )}
    </>
  )
}

function textOf({ content }: TemplateView): string {
  return content.kind === 'sms' ? content.text : `${content.title} · ${content.body}`
}

function matches(template: TemplateView, q: string): boolean {
  const wanted = q.trim().toLowerCase()
  return wanted === '' || `${template.name} ${template.key} ${textOf(template)}`.toLowerCase().includes(wanted)
}
