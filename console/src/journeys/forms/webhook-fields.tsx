import { DeleteOutlined, PlusOutlined } from '@ant-design/icons'
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
import { Button, Input, InputNumber, Select } from 'antd'
import { useEndpoint } from '../../api/hooks.ts'
import { useT } from '../../i18n/index.ts'
import { IconButton } from '../../ui/index.ts'
import type { NodePatch } from '../canvas/node-edits.ts'
import { webhookTexts } from '../words/webhook-texts.ts'
import { DurationInput, Field } from './fields.tsx'
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
      {body.map((row, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: names may repeat while they are written, and rows have no identity but their place.
        <div key={index} className="exit-item webhook-row">
          <div style={{ display: 'flex', gap: 4 }}>
            <Input
              value={row.name}
              maxLength={200}
              aria-label={t('bodyName')}
              placeholder={t('bodyName')}
              status={row.name === '' ? 'error' : ''}
              onChange={({ target }) => patch({ body: body.with(index, { ...row, name: target.value }) })}
            />
            <IconButton icon={<DeleteOutlined />} label={t('bodyRemove')} onClick={() => patch({ body: body.toSpliced(index, 1) })} />
          </div>
          <ValueFields
            value={row.value}
            label={t('bodyValue')}
            known={known}
            attributes
            onChange={(value) => patch({ body: body.with(index, { ...row, value }) })}
          />
        </div>
      ))}
      {body.length < webhookBodyMax && (
        <Button
          size="small"
          icon={<PlusOutlined />}
          onClick={() => patch({ body: [...body, { name: '', value: { kind: 'trigger', property: '' } }] })}
        >
          {t('bodyAdd')}
        </Button>
      )}
    </Field>
  )
}

function AnswerFields({ node, patch }: WebhookProps) {
  const t = useT(webhookTexts)
  const { answers } = node
  const change = (index: number, answer: WebhookAnswer) => patch({ answers: answers.with(index, answer) })
  return (
    <Field label={t('answers')} hint={t('answersHint', { node: node.id })}>
      {answers.map((answer, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: names may repeat while they are written, and rows have no identity but their place.
        <div key={index} className="exit-item webhook-row">
          <div style={{ display: 'flex', gap: 4 }}>
            <Input
              value={answer.name}
              maxLength={40}
              aria-label={t('answerName')}
              placeholder={t('answerName')}
              status={/^[a-z][a-z0-9_]*$/.test(answer.name) ? '' : 'error'}
              onChange={({ target }) => change(index, { ...answer, name: target.value })}
            />
            <Select
              value={answer.type}
              style={{ width: 110 }}
              options={answerTypes.map((type) => ({ value: type, label: t(`type_${type}`) }))}
              onChange={(type) => {
                const { sample: _, ...rest } = answer
                change(index, { ...rest, type })
              }}
            />
            <IconButton
              icon={<DeleteOutlined />}
              label={t('answerRemove')}
              onClick={() => patch({ answers: answers.toSpliced(index, 1) })}
            />
          </div>
          <Input
            value={answer.path}
            maxLength={200}
            aria-label={t('answerPath')}
            placeholder={t('answerPath')}
            status={answer.path === '' ? 'error' : ''}
            onChange={({ target }) => change(index, { ...answer, path: target.value })}
          />
          <SampleInput answer={answer} onChange={(next) => change(index, next)} />
        </div>
      ))}
      {answers.length < webhookAnswersMax && (
        <Button size="small" icon={<PlusOutlined />} onClick={() => patch({ answers: [...answers, { name: '', path: '', type: 'text' }] })}>
          {t('answerAdd')}
        </Button>
      )}
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
