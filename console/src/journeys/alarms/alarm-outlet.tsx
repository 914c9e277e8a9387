import { type OutletKind, outletKinds, outletSigned } from '@chaoxi/contract'
import { Alert, Button, Input, Segmented, Select } from 'antd'
import { useState } from 'react'
import { useEndpoint, useMutate } from '../../api/hooks.ts'
import { useT } from '../../i18n/index.ts'
import { useCan } from '../../shell/me.ts'
import { useRun } from '../../ui/index.ts'
import { outletTexts } from './outlet-texts.ts'
import { outletProblem } from './words.ts'

interface Draft {
  readonly kind: OutletKind
  readonly language: 'zh' | 'en'
  readonly url: string
}
const noOutlet: Draft = { kind: 'dingtalk', language: 'zh', url: '' }

/** Where the workspace is told of alarms: a group's robot, or a signed webhook. */
export function AlarmOutlet() {
  const t = useT(outletTexts)
  const run = useRun()
  const can = useCan('settings.write')
  const { data } = useEndpoint('alarmOutlet')
  const save = useMutate('alarmOutletUpdate', { refresh: ['alarmOutlet'] })
  const test = useMutate('alarmOutletTest', { refresh: ['alarmOutlet'] })
  const [typed, setTyped] = useState<Partial<Draft>>({})
  const [secret, setSecret] = useState('')
  const [tested, setTested] = useState(false)
  if (data === undefined) return null
  const { outlet } = data
  const { kind, language, url } = { ...noOutlet, ...outlet, ...typed }
  const kept = outlet?.kind === kind && outlet.secretSet
  const changed = outlet === null ? url !== '' : kind !== outlet.kind || language !== outlet.language || url !== outlet.url || secret !== ''
  const change = (more: Partial<Draft>) => {
    setTyped((before) => ({ ...before, ...more }))
    setTested(false)
  }
  const doSave = async () => {
    const next = url.trim() === '' ? null : { kind, language, url: url.trim(), ...(secret === '' ? {} : { secret }) }
    if (!(await run(() => save.mutateAsync({ body: { outlet: next } }), t('saved')))) return
    setTyped({})
    setSecret('')
    setTested(false)
  }
  const doTest = async () => setTested(await run(() => test.mutateAsync({})))
  return (
    <section data-outlet>
      <h2 className="section-title">{t('outlet')}</h2>
      <p className="muted">
        {t('outletText')} {!can && t('outletAdmin')}
      </p>
      <div className="stack">
        <Segmented<OutletKind>
          block
          disabled={!can}
          value={kind}
          options={outletKinds
            .toSorted((a, b) => order.indexOf(a) - order.indexOf(b))
            .map((one) => ({ value: one, label: t(`kind_${one}`) }))}
          // The address and the secret are of the other kind.
          onChange={(next) => {
            change({ kind: next, url: next === outlet?.kind ? outlet.url : '' })
            setSecret('')
          }}
        />
        <p className="side-hint">{t(`how_${kind}`)}</p>
        <Input
          disabled={!can}
          value={url}
          placeholder={t(`url_${kind}`)}
          aria-label={t('outletUrl')}
          onChange={(event) => change({ url: event.target.value })}
        />
        {can && outletSigned(kind) && (
          <Input.Password
            value={secret}
            autoComplete="new-password"
            placeholder={t(kept ? 'outletSecretKept' : `secret_${kind === 'dingtalk' || kind === 'feishu' ? kind : 'webhook'}`)}
            aria-label={t('outletSecret')}
            onChange={(event) => {
              setSecret(event.target.value)
              setTested(false)
            }}
          />
        )}
        {can && (
          <div className="row">
            {kind !== 'webhook' && (
              <Select<'zh' | 'en'>
                value={language}
                aria-label={t('outletLanguage')}
                options={[
                  { value: 'zh', label: t('language_zh') },
                  { value: 'en', label: t('language_en') },
                ]}
                onChange={(next) => change({ language: next })}
              />
            )}
            <span className="push" />
            <Button disabled={outlet === null || changed} loading={test.isPending} onClick={() => void doTest()}>
              {t('outletTest')}
            </Button>
            <Button disabled={!changed} loading={save.isPending} onClick={() => void doSave()}>
              {t('outletSave')}
            </Button>
          </div>
        )}
        {tested && outlet?.problem === null && <Alert type="success" showIcon title={t('outletTested')} />}
        {outlet?.problem && <Alert type="error" showIcon title={t('outletProblem', { problem: outletProblem(outlet.problem, t) })} />}
      </div>
    </section>
  )
}

const order: readonly OutletKind[] = ['dingtalk', 'feishu', 'wecom', 'webhook']
