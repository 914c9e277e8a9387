import {
  answerTypes,
  type JourneyDefinition,
  type JourneyNode,
  type Known,
  knownAt,
  type WebhookAnswer,
  webhookAnswersMax,
  webhookBodyMax,
} from '@chaoxi/contract'
import { Link } from '@tanstack/react-router'
import { Input, InputNumber, Select } from 'antd'
import { useEndpoint } from '../../api/hooks.ts'
import { useT } from '../../i18n/index.ts'
import type { NodePatch } from '../canvas/node-edits.ts'
import { webhookTexts } from '../words/webhook-texts.ts'
import { DurationInput, Field } from './fields.tsx'
import { NamedRows } from './named-rows.tsx'
import { ValueFields } from './value-fields.tsx'
import { WebhookTry } from './webhook-try.tsx'

type WebhookNode = Extract<JourneyNode, { kind: 'webhook' }>
interface WebhookProps {
  node: WebhookNode
  patch: (change: NodePatch) => void
}

/** A step that tells a system outside: whom, what, and what of the answer is kept. */
export function WebhookFields({ node, definition, patch }: WebhookProps & { definition: JourneyDefinition }) {
  const t = useT(webhookTexts)
  const known = knownAt(definition, node.id)
  return (
    <>
      <EndpointField node={node} patch={patch} />
      <BodyFields node={node} known={known} patch={patch} />
      <AnswerFields node={node} patch={patch} />
      {node.endpoint !== '' && <WebhookTry key={node.endpoint} node={node} patch={patch} />}
      <Field label={t('retryFor')} hint={t('retryForHint')}>
        <DurationInput value={node.retryFor} label={t('retryFor')} onChange={(retryFor) => patch({ retryFor })} />
      </Field>
    </>
  )
}

function EndpointField({ node, patch }: WebhookProps) {
  const t = useT(webhookTexts)
  const endpoints = useEndpoint('webhookEndpoints').data?.items
  const found = endpoints === undefined || endpoints.some(({ key }) => key === node.endpoint)
  return (
    <Field label={t('endpoint')} hint={t('endpointHint')}>
      <Select
        showSearch={{ optionFilterProp: 'label' }}
        value={node.endpoint === '' ? null : node.endpoint}
        placeholder={t('endpointMissing')}
        aria-label={t('endpoint')}
        status={node.endpoint === '' || !found ? 'error' : ''}
        style={{ width: '100%' }}
        notFoundContent={t('endpointNone')}
        options={(endpoints ?? []).map(({ key, name, enabled, pausedAt }) => ({
          value: key,
          label: !enabled ? t('endpointOff', { name }) : pausedAt !== null ? t('endpointPaused', { name }) : name,
        }))}
        onChange={(endpoint) => patch({ endpoint })}
      />
      <div className="side-hint">
        {node.endpoint !== '' && found ? (
          <Link to="/settings/endpoints/$key" params={{ key: node.endpoint }}>
            {t('endpointOpen')}
          </Link>
        ) : (
          <Link to="/settings/endpoints" search={{ create: '1' }}>
            {t('endpointCreate')}
          </Link>
        )}
      </div>
    </Field>
  )
}

function BodyFields({ node: { body }, known, patch }: WebhookProps & { known: readonly Known[] }) {
  const t = useT(webhookTexts)
  return (
    <Field label={t('body')} hint={t('bodyHint')}>
      <NamedRows<WebhookNode['body'][number]>
        rows={body}
        max={webhookBodyMax}
        nameMax={200}
        words={{ name: t('bodyName'), remove: t('bodyRemove'), add: t('bodyAdd') }}
        blank={{ name: '', value: { kind: 'trigger', property: '' } }}
        isName={(name) => name !== ''}
        onChange={(rows) => patch({ body: rows })}
      >
        {(row, change) => (
          <ValueFields value={row.value} label={t('bodyValue')} known={known} attributes onChange={(value) => change({ ...row, value })} />
        )}
      </NamedRows>
    </Field>
  )
}

function AnswerFields({ node, patch }: WebhookProps) {
  const t = useT(webhookTexts)
  return (
    <Field label={t('answers')} hint={t('answersHint', { node: node.id })}>
      <NamedRows<WebhookAnswer>
        rows={node.answers}
        max={webhookAnswersMax}
        nameMax={40}
        words={{ name: t('answerName'), remove: t('answerRemove'), add: t('answerAdd') }}
        blank={{ name: '', path: '', type: 'text' }}
        isName={(name) => /^[a-z][a-z0-9_]*$/.test(name)}
        beside={({ sample: _, ...answer }, change) => (
          <Select
            value={answer.type}
            style={{ width: 110 }}
            options={answerTypes.map((type) => ({ value: type, label: t(`type_${type}`) }))}
            onChange={(type) => change({ ...answer, type })}
          />
        )}
        onChange={(answers) => patch({ answers })}
      >
        {(answer, change) => (
          <>
            <Input
              value={answer.path}
              maxLength={200}
              aria-label={t('answerPath')}
              placeholder={t('answerPath')}
              status={answer.path === '' ? 'error' : ''}
              onChange={({ target }) => change({ ...answer, path: target.value })}
            />
            <SampleInput answer={answer} onChange={change} />
          </>
        )}
      </NamedRows>
    </Field>
  )
}

function SampleInput({ answer, onChange }: { answer: WebhookAnswer; onChange: (answer: WebhookAnswer) => void }) {
  const t = useT(webhookTexts)
  const { sample, ...rest } = answer
  const change = (value: string | number | boolean | null) => onChange(value === null || value === '' ? rest : { ...rest, sample: value })
  const shared = { 'aria-label': t('answerSample'), style: { width: '100%' } }
  if (answer.type === 'number')
    return (
      <InputNumber
        {...shared}
        value={typeof sample === 'number' ? sample : null}
        prefix={<span className="muted">{t('answerSample')}</span>}
        placeholder={t('answerSampleNone')}
        onChange={change}
      />
    )
  if (answer.type === 'boolean')
    return (
      <Select
        {...shared}
        value={typeof sample === 'boolean' ? String(sample) : ''}
        options={[
          { value: '', label: `${t('answerSample')} ${t('answerSampleNone')}` },
          { value: 'true', label: `${t('answerSample')} ${t('yes')}` },
          { value: 'false', label: `${t('answerSample')} ${t('no')}` },
        ]}
        onChange={(value) => change(value === '' ? null : value === 'true')}
      />
    )
  return (
    <Input
      {...shared}
      value={typeof sample === 'string' ? sample : ''}
      maxLength={1_000}
      prefix={<span className="muted">{t('answerSample')}</span>}
      placeholder={t('answerSampleNone')}
      onChange={({ target }) => change(target.value)}
    />
  )
}
