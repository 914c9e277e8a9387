import type { IdentityHistory, SplitPlanView } from '@chaoxi/contract'
import { Button, Input, Modal } from 'antd'
import { useState } from 'react'
import { useEndpoint, useMutate } from '../api/hooks.ts'
import { useT } from '../i18n/index.ts'
import { useTimeZone } from '../shell/me.ts'
import { useRun } from '../ui/confirm-action.tsx'
import { formatTime } from '../ui/format.ts'
import { Loaded } from '../ui/states.tsx'
import { Num } from '../ui/values.tsx'
import { texts } from './identity-texts.ts'
import { identifierText, useKindName } from './person-identity.tsx'

/** Undoes a merge, after saying what goes with whom. */
export function SplitPerson({ personId, merge }: { personId: number; merge: IdentityHistory['merges'][number] }) {
  const t = useT(texts)
  const run = useRun()
  const timeZone = useTimeZone()
  const [open, setOpen] = useState(false)
  const [note, setNote] = useState('')
  const params = { id: personId }
  const plan = useEndpoint('personSplitPlan', { params, query: { merge: merge.id } }, { enabled: open })
  const split = useMutate('personSplit', { refresh: ['person', 'people', 'personTimeline', 'personIdentity', 'personOrders', 'messages'] })
  const doIt = async () => {
    if (await run(() => split.mutateAsync({ params, body: { merge: merge.id, note } }), t('splitDone'))) setOpen(false)
  }
  return (
    <>
      <Button size="small" onClick={() => setOpen(true)}>
        {t('split')}
      </Button>
      <Modal
        open={open}
        width={640}
        title={t('splitTitle', { number: merge.from.number, from: personId })}
        okText={t('splitDo')}
        cancelText={t('cancel')}
        okButtonProps={{ danger: true, disabled: note.trim() === '' || plan.data === undefined, loading: split.isPending }}
        onOk={() => void doIt()}
        onCancel={() => setOpen(false)}
      >
        <div className="stack">
          <p>{t('splitLead', { time: formatTime(merge.at, timeZone, { seconds: false }) })}</p>
          <Loaded query={plan}>{(found) => <Shares plan={found} />}</Loaded>
          <p className="muted">{t('splitRules', { from: personId })}</p>
          <Input
            value={note}
            maxLength={500}
            placeholder={t('splitNote')}
            aria-label={t('splitNote')}
            onChange={(event) => setNote(event.target.value)}
          />
        </div>
      </Modal>
    </>
  )
}

function Shares({ plan }: { plan: SplitPlanView }) {
  const t = useT(texts)
  const kindName = useKindName()
  const sides = [
    { title: t('splitLeaving', { number: plan.leaving.number }), share: plan.leaving },
    { title: t('splitStaying', { number: plan.staying.number }), share: plan.staying },
  ]
  return (
    <div className="split-shares">
      {sides.map(({ title, share }) => (
        <section key={title} className="panel">
          <h2>{title}</h2>
          <dl className="facts">
            <dt>{t('shareIdentities')}</dt>
            <dd className="split-identities">
              {share.identities.map(({ kind, value }) => (
                <div key={`${kind}:${value}`}>
                  <span className="muted">{kindName(kind)}</span> {identifierText(kind, value)}
                </div>
              ))}
            </dd>
            <Count name={t('shareEvents')} value={share.events} />
            <Count name={t('shareOrders')} value={share.orders} />
            <Count name={t('shareMessages')} value={share.messages} />
            <Count name={t('shareCoupons')} value={share.coupons} />
            <dt>{t('shareRuns')}</dt>
            <dd>
              <Num value={share.runs} /> (<Num value={share.liveRuns} />)
            </dd>
          </dl>
        </section>
      ))}
    </div>
  )
}

function Count({ name, value }: { name: string; value: number }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>
        <Num value={value} />
      </dd>
    </>
  )
}
