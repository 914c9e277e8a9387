import { type Content, contentSchema, type PersonSummary, type TemplateView } from '@chaoxi/contract'
import { useNavigate, useParams } from '@tanstack/react-router'
import { Button, Input } from 'antd'
import { useState } from 'react'
import { useEndpoint, useMutate } from '../api/hooks.ts'
import { useLanguage, useT } from '../i18n/index.ts'
import { Field } from '../journeys/forms/fields.tsx'
import { LeaveGuard } from '../rules/leave-guard.tsx'
import { PersonSearch } from '../rules/person-search.tsx'
import { useSettled } from '../rules/use-estimate.ts'
import { useCan } from '../shell/me.ts'
import { ConfirmAction, ErrorState, Loaded, Loading, PageHeader, StateText, ToneText, useKeys, useRun } from '../ui/index.ts'
import { ContentForm, useCursor } from './content-forms.tsx'
import { PhonePreview, type Preview, PreviewProblems } from './phone-preview.tsx'
import { countSms } from './sms-counter.ts'
import './templates.css'
import { templateTexts } from './texts.ts'
import { variableGroups } from './variables.ts'

/** The pause in typing after which the preview follows. */
const previewPauseMs = 250

export function TemplatePage() {
  const { key } = useParams({ from: '/shell/templates/$key' })
  const query = useEndpoint('template', { params: { key } })
  const data = query.data?.key === key ? query.data : undefined
  return (
    <Loaded query={{ data, error: query.error, refetch: query.refetch }}>
      {(template) => <Editor key={`${template.key} ${template.revision}`} template={template} />}
    </Loaded>
  )
}

interface Draft {
  name: string
  content: Content
  linkUrl: string
}

/** Words at the left, the phone at the right: what is typed is seen as a real customer would see it. */
function Editor({ template }: { template: TemplateView }) {
  const t = useT(templateTexts)
  const run = useRun()
  const navigate = useNavigate()
  const canWrite = useCan('content.write') && template.status === 'active'
  const update = useMutate('templateUpdate', { refresh: ['template', 'templates'] })
  const archive = useMutate('templateArchive', { refresh: ['templates'] })
  const [draft, setDraft] = useState<Draft>({ name: template.name, content: template.content, linkUrl: template.linkUrl })
  const cursor = useCursor()
  const dirty = draft.name !== template.name || draft.content !== template.content || draft.linkUrl !== template.linkUrl
  const complete = draft.name.trim() !== '' && contentSchema.safeParse(draft.content).success
  const save = async () => {
    if (!dirty || !complete || !canWrite) return
    await run(() => update.mutateAsync({ params: { key: template.key }, body: { ...draft, revision: template.revision } }), t('saved'))
  }
  useKeys({ 'ctrl+s': () => void save() })
  return (
    <>
      <PageHeader
        title={draft.name}
        back={{ to: '/templates', label: t('back') }}
        extra={template.status === 'archived' && <StateText state="archived" />}
        subtitle={
          <>
            {t(template.channel)} · <code>{template.key}</code>
            {dirty && (
              <>
                {' · '}
                <ToneText tone="warn">{t(complete ? 'unsaved' : 'fillFirst')}</ToneText>
              </>
            )}
          </>
        }
        actions={
          canWrite && (
            <>
              <ConfirmAction
                danger
                type="text"
                title={t('archiveTitle', { name: template.name })}
                text={t('archiveText')}
                doIt={t('archive')}
                done={t('archived')}
                run={async () => {
                  await archive.mutateAsync({ params: { key: template.key } })
                  await navigate({ to: '/templates', ignoreBlocker: true })
                }}
              >
                {t('archive')}
              </ConfirmAction>
              <Button type="primary" disabled={!dirty || !complete} loading={update.isPending} onClick={() => void save()}>
                {t('save')}
              </Button>
            </>
          )
        }
      />
      <div className="template-editor">
        <section className="panel" inert={!canWrite}>
          <Field label={t('name')}>
            <Input
              value={draft.name}
              maxLength={100}
              aria-label={t('name')}
              onChange={(event) => setDraft({ ...draft, name: event.target.value })}
            />
          </Field>
          <ContentForm content={draft.content} cursor={cursor} onChange={(content) => setDraft({ ...draft, content })} />
          <Palette channel={template.channel} insert={cursor.insert} />
          {draft.content.kind === 'sms' && (
            <Field label={t('link')} hint={t('linkHint')}>
              <Input
                value={draft.linkUrl}
                maxLength={1000}
                placeholder={t('linkPlaceholder')}
                aria-label={t('link')}
                onChange={(event) => setDraft({ ...draft, linkUrl: event.target.value })}
              />
            </Field>
          )}
        </section>
        <PreviewPane channel={template.channel} draft={draft} complete={complete} />
      </div>
      <LeaveGuard unsaved={dirty && canWrite} />
    </>
  )
}

function Palette({ channel, insert }: { channel: TemplateView['channel']; insert: (source: string) => boolean }) {
  const t = useT(templateTexts)
  const language = useLanguage()
  const catalogue = useEndpoint('catalogue').data
  return (
    <Field label={t('variables')} hint={t('variablesHint')}>
      <div className="palette">
        {variableGroups(channel, catalogue, t, language).map((group) => (
          <div key={group.label} className="palette-group">
            <span className="muted">{group.label}</span>
            {group.items.map((item) => (
              <Button key={item.source} size="small" title={item.source} onClick={() => insert(item.source)}>
                {item.label}
              </Button>
            ))}
          </div>
        ))}
      </div>
    </Field>
  )
}

function PreviewPane({ channel, draft, complete }: { channel: TemplateView['channel']; draft: Draft; complete: boolean }) {
  const t = useT(templateTexts)
  const [person, setPerson] = useState<PersonSummary | null>(null)
  const settled = useSettled(draft, previewPauseMs)
  const query = useEndpoint(
    'templatePreview',
    { body: { channel, content: settled.content, linkUrl: settled.linkUrl, personId: person?.id ?? null } },
    { enabled: complete },
  )
  const { data, error } = query
  return (
    <aside className="panel template-preview">
      <h2>{t('preview')}</h2>
      <Field label={t('previewAs')} hint={t('previewSample')}>
        <PersonSearch value={person} onChange={setPerson} width="100%" />
      </Field>
      {error && data === undefined ? (
        <ErrorState error={error} onRetry={() => void query.refetch()} />
      ) : data === undefined ? (
        <Loading />
      ) : (
        <>
          <PhonePreview preview={data} stale={settled !== draft || query.isFetching} />
          {channel === 'sms' && <Counter preview={data} />}
          <PreviewProblems problems={data.problems} />
        </>
      )}
    </aside>
  )
}

/** Length and price of the SMS as it would be billed. */
function Counter({ preview }: { preview: Preview }) {
  const t = useT(templateTexts)
  const price = useEndpoint('channelAccounts').data?.items.find((account) => account.channel === 'sms')?.pricePerSegmentFen
  const { length, segments, left } = countSms(preview.fullText)
  return (
    <div className="sms-counter" title={t('counterRule')} aria-live="polite">
      <b>{t('counter', { length, segments })}</b>
      <span>{t('counterLeft', { left: left + 1, next: segments + 1 })}</span>
      {price !== undefined && <span>{t('counterCost', { cost: `¥${((segments * price) / 100).toFixed(3).replace(/0$/, '')}` })}</span>}
    </div>
  )
}
