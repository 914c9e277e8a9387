import type { WebhookEndpoint } from '@chaoxi/contract'
import { Link, useNavigate, useParams } from '@tanstack/react-router'
import { Alert, App, Button } from 'antd'
import { useState } from 'react'
import { useEndpoint, useMutate } from '../../api/hooks.ts'
import { useLanguage, useT } from '../../i18n/index.ts'
import { attemptProblem } from '../../journeys/words/webhook-words.ts'
import { useCan, useTimeZone } from '../../shell/me.ts'
import { formatTime } from '../../ui/format.ts'
import { ConfirmAction, Loaded, PageHeader, useRun } from '../../ui/index.ts'
import { EndpointForm } from './endpoint-form.tsx'
import { EndpointState } from './endpoint-state.tsx'
import { Postings } from './postings.tsx'
import { RotateSecret } from './secret.tsx'
import { endpointTexts } from './texts.ts'

export function EndpointPage() {
  const { key } = useParams({ from: '/shell/settings/endpoints/$key' })
  const query = useEndpoint('webhookEndpoint', { params: { key } }, { refreshMs: 10_000 })
  return <Loaded query={query}>{(endpoint) => <Endpoint endpoint={endpoint} />}</Loaded>
}

function Endpoint({ endpoint }: { endpoint: WebhookEndpoint }) {
  const t = useT(endpointTexts)
  const timeZone = useTimeZone()
  const { key, name, url, timeoutSeconds, headers, usedBy, secretBeforeUntil, lastDay } = endpoint
  return (
    <>
      <PageHeader
        title={name}
        back={{ to: '/settings/endpoints', label: t('back') }}
        subtitle={<code>{key}</code>}
        extra={<EndpointState endpoint={endpoint} />}
        actions={<Actions endpoint={endpoint} />}
      />
      <div className="stack">
        <Paused endpoint={endpoint} />
        <section className="panel">
          <dl className="facts" style={{ maxWidth: 640 }}>
            <dt>{t('url')}</dt>
            <dd>
              <code>{url}</code>
            </dd>
            <dt>{t('timeout')}</dt>
            <dd>{timeoutSeconds}</dd>
            {headers.length > 0 && (
              <>
                <dt>{t('headers')}</dt>
                <dd>{headers.join('、')}</dd>
              </>
            )}
            {secretBeforeUntil !== null && (
              <>
                <dt>{t('secret')}</dt>
                <dd>{t('secretBefore', { time: formatTime(secretBeforeUntil, timeZone, { seconds: false }) })}</dd>
              </>
            )}
            <dt>{t('lastDay')}</dt>
            <dd>{t('lastDayLine', lastDay)}</dd>
            <dt>{t('usedBy')}</dt>
            <dd>
              {usedBy.length === 0 && <span className="muted">{t('usedByNone')}</span>}
              {usedBy.map((journey) => (
                <Link key={journey.id} to="/journeys/$id" params={{ id: journey.id }} style={{ marginInlineEnd: 12 }}>
                  {journey.name}
                </Link>
              ))}
            </dd>
          </dl>
        </section>
        <section>
          <h2 className="section-title">{t('postings')}</h2>
          <Postings endpointKey={key} />
        </section>
      </div>
    </>
  )
}

function Paused({ endpoint: { key, pausedAt, pausedWhy } }: { endpoint: WebhookEndpoint }) {
  const t = useT(endpointTexts)
  const timeZone = useTimeZone()
  const run = useRun()
  const can = useCan('journeys.publish')
  const resume = useMutate('webhookEndpointResume', { refresh: ['webhookEndpoint', 'webhookEndpoints', 'webhookPostings', 'alarms'] })
  if (pausedAt === null || pausedWhy === null) return null
  return (
    <Alert
      type="error"
      showIcon
      title={t(`paused_${pausedWhy}`)}
      description={t('pausedText', { time: formatTime(pausedAt, timeZone, { seconds: false }) })}
      action={
        can && (
          <Button loading={resume.isPending} onClick={() => void run(() => resume.mutateAsync({ params: { key } }), t('resumed'))}>
            {t('resume')}
          </Button>
        )
      }
    />
  )
}

function Actions({ endpoint }: { endpoint: WebhookEndpoint }) {
  const t = useT(endpointTexts)
  const navigate = useNavigate()
  const can = useCan('settings.write')
  const [open, setOpen] = useState<'edit' | 'rotate' | null>(null)
  const remove = useMutate('webhookEndpointDelete', { refresh: ['webhookEndpoints'] })
  const { key, name } = endpoint
  return (
    <>
      <TestButton endpointKey={key} />
      {can && (
        <>
          <Button onClick={() => setOpen('rotate')}>{t('rotate')}</Button>
          <ConfirmAction
            danger
            title={t('removeTitle', { name })}
            text={t('removeText')}
            doIt={t('remove')}
            done={t('removed')}
            run={async () => {
              await remove.mutateAsync({ params: { key } })
              void navigate({ to: '/settings/endpoints' })
            }}
          >
            {t('remove')}
          </ConfirmAction>
          <Button type="primary" onClick={() => setOpen('edit')}>
            {t('edit')}
          </Button>
        </>
      )}
      {open === 'edit' && <EndpointForm endpoint={endpoint} onClose={() => setOpen(null)} onDone={() => setOpen(null)} />}
      {open === 'rotate' && <RotateSecret endpointKey={key} onClose={() => setOpen(null)} />}
    </>
  )
}

function TestButton({ endpointKey }: { endpointKey: string }) {
  const t = useT(endpointTexts)
  const language = useLanguage()
  const run = useRun()
  const { message } = App.useApp()
  const can = useCan('journeys.write')
  const test = useMutate('webhookEndpointTest')
  if (!can) return null
  const post = () =>
    run(async () => {
      const { problem, status, ms } = await test.mutateAsync({ params: { key: endpointKey }, body: {} })
      if (problem === null) message.success(t('testDone', { status: status ?? '', ms }))
      else message.error(t('testFailed', { problem: attemptProblem(problem, language) }))
    })
  return (
    <Button loading={test.isPending} title={t('testText')} onClick={() => void post()}>
      {t('test')}
    </Button>
  )
}
