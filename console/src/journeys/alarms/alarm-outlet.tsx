import { Button, Input } from 'antd'
import { useState } from 'react'
import { useEndpoint, useMutate } from '../../api/hooks.ts'
import { useT } from '../../i18n/index.ts'
import { useCan } from '../../shell/me.ts'
import { useRun } from '../../ui/index.ts'
import { alarmTexts } from './texts.ts'
import { outletProblem } from './words.ts'

/** Where the workspace is told of alarms. */
export function AlarmOutlet() {
  const t = useT(alarmTexts)
  const run = useRun()
  const can = useCan('settings.write')
  const { data } = useEndpoint('alarmOutlet')
  const save = useMutate('alarmOutletUpdate', { refresh: ['alarmOutlet'] })
  const [typed, setTyped] = useState<string | null>(null)
  const [secret, setSecret] = useState('')
  if (data === undefined) return null
  const { outlet } = data
  const url = typed ?? outlet?.url ?? ''
  const changed = url !== (outlet?.url ?? '') || secret !== ''
  const doSave = async () => {
    const next = url.trim() === '' ? null : { url: url.trim(), ...(secret === '' ? {} : { secret }) }
    if (!(await run(() => save.mutateAsync({ body: { outlet: next } }), t('saved')))) return
    setTyped(null)
    setSecret('')
  }
  return (
    <section>
      <h2 className="section-title">{t('outlet')}</h2>
      <p className="muted">
        {t('outletText')} {!can && t('outletAdmin')}
      </p>
      <div className="stack">
        <Input
          disabled={!can}
          value={url}
          placeholder={t('outletUrl')}
          aria-label={t('outletUrl')}
          onChange={(event) => setTyped(event.target.value)}
        />
        {can && (
          <div className="row">
            <Input.Password
              style={{ flex: 1 }}
              value={secret}
              autoComplete="new-password"
              placeholder={t(outlet?.secretSet ? 'outletSecretKept' : 'outletSecret')}
              aria-label={t('outletSecret')}
              onChange={(event) => setSecret(event.target.value)}
            />
            <Button disabled={!changed} loading={save.isPending} onClick={() => void doSave()}>
              {t('save')}
            </Button>
          </div>
        )}
      </div>
      {outlet?.problem && <p className="problem">{t('outletProblem', { problem: outletProblem(outlet.problem, t) })}</p>}
    </section>
  )
}
