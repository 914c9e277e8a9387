import { answerPaths, type JourneyNode, type Output, type WebhookAnswer, webhookAnswersMax } from '@chaoxi/contract'
import { Button, Input } from 'antd'
import { useState } from 'react'
import { useMutate } from '../../api/hooks.ts'
import { useLanguage, useT } from '../../i18n/index.ts'
import { useCan } from '../../shell/me.ts'
import { ToneText, useRun } from '../../ui/index.ts'
import type { NodePatch } from '../canvas/node-edits.ts'
import { webhookTexts } from '../words/webhook-texts.ts'
import { attemptProblem } from '../words/webhook-words.ts'
import { Field } from './fields.tsx'
import '../watching/attempts.css'

type WebhookNode = Extract<JourneyNode, { kind: 'webhook' }>
type Tested = Output<'webhookEndpointTest'>

/** As far as the values of the step say what they will be. */
function sampleOf({ body }: WebhookNode): string {
  const data = Object.fromEntries(
    body.filter(({ name }) => name !== '').map(({ name, value }) => [name, value.kind === 'literal' ? value.value : 'sample']),
  )
  return JSON.stringify(data, null, 2)
}

function objectIn(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : null
  } catch {
    return null
  }
}

/** Posts sample values once, and offers what the answer has. */
export function WebhookTry({ node, patch }: { node: WebhookNode; patch: (change: NodePatch) => void }) {
  const t = useT(webhookTexts)
  const run = useRun()
  const can = useCan('journeys.write')
  const test = useMutate('webhookEndpointTest')
  const [typed, setTyped] = useState<string | null>(null)
  const [tested, setTested] = useState<Tested | null>(null)
  const text = typed ?? sampleOf(node)
  const data = objectIn(text)
  if (!can) return null
  const post = () =>
    run(async () => {
      if (data !== null) setTested(await test.mutateAsync({ params: { key: node.endpoint }, body: { data } }))
    })
  return (
    <Field label={t('tryIt')} hint={data === null ? t('tryDataWrong') : t('tryHint')}>
      <Input.TextArea
        value={text}
        aria-label={t('tryData')}
        status={data === null ? 'error' : ''}
        autoSize={{ minRows: 2, maxRows: 8 }}
        style={{ fontFamily: 'monospace' }}
        onChange={({ target }) => setTyped(target.value)}
      />
      <Button size="small" style={{ marginTop: 4 }} loading={test.isPending} disabled={data === null} onClick={() => void post()}>
        {t('tryDo')}
      </Button>
      {tested !== null && <Answered tested={tested} node={node} patch={patch} />}
    </Field>
  )
}

function Answered({ tested, node, patch }: { tested: Tested; node: WebhookNode; patch: (change: NodePatch) => void }) {
  const t = useT(webhookTexts)
  const language = useLanguage()
  const { problem, status, ms, json, text } = tested
  const found = json === null ? [] : answerPaths(json, 40)
  const keep = ({ path, type, value }: (typeof found)[number]) =>
    patch({ answers: [...node.answers, freshAnswer(node, path, type, value)] })
  const full = node.answers.length >= webhookAnswersMax
  return (
    <div className="webhook-tried" data-tried={tested.ok ? 'good' : 'bad'}>
      {problem === null ? (
        <ToneText tone="good">{t('tryGood', { status: status ?? '', ms })}</ToneText>
      ) : (
        <ToneText tone="bad">{t('tryBad', { problem: attemptProblem(problem, language) })}</ToneText>
      )}
      {text !== null && text !== '' && <pre className="webhook-answer">{text}</pre>}
      {json === null
        ? problem === null && <div className="side-hint">{t('tryNoJson')}</div>
        : found.length === 0 && <div className="side-hint">{t('tryEmpty')}</div>}
      {found.length > 0 && <div className="side-label">{t('tryPick')}</div>}
      {found.map((one) => (
        <Button
          key={one.path}
          size="small"
          type="text"
          className="webhook-path"
          disabled={full || node.answers.some(({ path }) => path === one.path)}
          onClick={() => keep(one)}
        >
          <code>{one.path}</code> <span className="muted">{String(one.value)}</span>
        </Button>
      ))}
    </div>
  )
}

function freshAnswer(node: WebhookNode, path: string, type: WebhookAnswer['type'], sample: string | number | boolean): WebhookAnswer {
  const last = path.split('.').findLast((part) => !/^\d+$/.test(part)) ?? 'value'
  const plain = last
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .replace(/[^a-z0-9_]+/g, '_')
    .slice(0, 36)
  const base = /^[a-z]/.test(plain) ? plain : `v_${plain}`
  let name = base
  for (let n = 2; node.answers.some((one) => one.name === name); n++) name = `${base}_${n}`
  return { name, path, type, ...(typeof sample === 'string' && (sample === '' || sample.length > 1_000) ? {} : { sample }) }
}
