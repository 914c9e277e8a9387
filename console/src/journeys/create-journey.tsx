import type { Trigger } from '@chaoxi/contract'
import { Link, useNavigate } from '@tanstack/react-router'
import { Input, Modal } from 'antd'
import { useState } from 'react'
import { useMutate } from '../api/hooks.ts'
import { useT } from '../i18n/index.ts'
import { useRun } from '../ui/index.ts'
import { blankJourney } from './canvas/graph.ts'
import { Field } from './forms/fields.tsx'
import './journeys.css'
import { triggerComplete } from './canvas/trigger-problems.ts'
import { TriggerFields } from './forms/trigger-fields.tsx'
import { journeyTexts } from './words/texts.ts'

/** Starts a journey: a name and what starts it, or a ready one from the playbooks. */
export function CreateJourney({ onClose }: { onClose: () => void }) {
  const t = useT(journeyTexts)
  const run = useRun()
  const navigate = useNavigate()
  const create = useMutate('journeyCreate', { refresh: ['journeys'] })
  const [name, setName] = useState('')
  const [trigger, setTrigger] = useState<Trigger>({ kind: 'event', event: 'Signed Up', filters: [] })
  const complete = name.trim() !== '' && triggerComplete(trigger)
  const submit = () =>
    run(async () => {
      const journey = await create.mutateAsync({ body: { name: name.trim(), definition: { ...blankJourney(), trigger } } })
      await navigate({ to: '/journeys/$id', params: { id: journey.id } })
    }, t('created'))
  return (
    <Modal
      open
      width={620}
      title={t('create')}
      okText={t('createDo')}
      cancelText={t('cancel')}
      okButtonProps={{ disabled: !complete, loading: create.isPending }}
      onOk={() => void submit()}
      onCancel={onClose}
    >
      <div className="create-choices">
        <button type="button" className="choice" aria-pressed>
          <b>{t('createBlank')}</b>
          <span className="muted">{t('createBlankHint')}</span>
        </button>
        <Link to="/playbooks" className="choice">
          <b>{t('createPlaybook')}</b>
          <span className="muted">{t('createPlaybookHint')}</span>
        </Link>
      </div>
      <Field label={t('createName')}>
        <Input
          autoFocus
          value={name}
          maxLength={100}
          aria-label={t('createName')}
          placeholder={t('createNamePlaceholder')}
          onChange={(event) => setName(event.target.value)}
          onPressEnter={() => complete && void submit()}
        />
      </Field>
      <h3 className="section-title">{t('createTrigger')}</h3>
      <TriggerFields trigger={trigger} onChange={setTrigger} />
    </Modal>
  )
}
