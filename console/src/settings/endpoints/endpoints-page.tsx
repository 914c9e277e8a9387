import type { WebhookEndpoint } from '@chaoxi/contract'
import { useNavigate } from '@tanstack/react-router'
import { Button, type TableColumnsType } from 'antd'
import { useState } from 'react'
import { useList } from '../../api/hooks.ts'
import { useT } from '../../i18n/index.ts'
import { useCan } from '../../shell/me.ts'
import { DataTable, PageHeader, useFilters, useKeys } from '../../ui/index.ts'
import { EndpointForm } from './endpoint-form.tsx'
import { EndpointState } from './endpoint-state.tsx'
import { SecretOnce } from './secret.tsx'
import { endpointTexts } from './texts.ts'

export function EndpointsPage() {
  const t = useT(endpointTexts)
  const can = useCan('settings.write')
  const navigate = useNavigate()
  const [{ create: creating }, setFilters] = useFilters({ create: '' })
  const [made, setMade] = useState<{ key: string; secret: string } | null>(null)
  const list = useList('webhookEndpoints', {}, { refreshMs: 10_000 })
  const setCreating = (on: boolean) => setFilters({ create: on ? '1' : '' })
  useKeys({ n: can ? () => setCreating(true) : undefined })
  const open = (key: string) => void navigate({ to: '/settings/endpoints/$key', params: { key } })
  const create = can && (
    <Button type="primary" onClick={() => setCreating(true)}>
      {t('create')}
    </Button>
  )
  const columns: TableColumnsType<WebhookEndpoint> = [
    {
      title: t('name'),
      key: 'name',
      render: (_, { name, key }) => (
        <>
          {name} <code className="muted">{key}</code>
        </>
      ),
    },
    { title: t('url'), dataIndex: 'url', ellipsis: true, width: 360 },
    { title: t('state'), key: 'state', render: (_, endpoint) => <EndpointState endpoint={endpoint} /> },
    { title: t('lastDay'), key: 'lastDay', render: (_, { lastDay }) => t('lastDayLine', lastDay) },
    {
      title: t('usedBy'),
      key: 'usedBy',
      render: (_, { usedBy }) =>
        usedBy.length === 0 ? <span className="muted">{t('usedByNone')}</span> : usedBy.map(({ name }) => name).join('、'),
    },
  ]
  return (
    <>
      <PageHeader title={t('title')} subtitle={t('subtitle')} actions={create} />
      <DataTable<WebhookEndpoint>
        list={list}
        columns={columns}
        rowKey={({ key }) => key}
        onOpen={({ key }) => open(key)}
        empty={{ title: t('empty'), text: can ? t('emptyText') : `${t('emptyText')} ${t('adminOnly')}`, action: create }}
      />
      {creating !== '' && can && (
        <EndpointForm
          endpoint={null}
          onClose={() => setCreating(false)}
          onDone={(key, secret) => {
            setCreating(false)
            if (secret !== null) setMade({ key, secret })
          }}
        />
      )}
      {made !== null && (
        <SecretOnce
          secret={made.secret}
          onClose={() => {
            setMade(null)
            open(made.key)
          }}
        />
      )}
    </>
  )
}
