import { type Channel, channels } from '@chaoxi/contract'
import { useNavigate } from '@tanstack/react-router'
import { Input, Modal, Radio, Segmented } from 'antd'
import { useState } from 'react'
import { useMutate } from '../api/hooks.ts'
import { useLanguage, useT } from '../i18n/index.ts'
import { Field } from '../journeys/forms/fields.tsx'
import { useRun } from '../ui/index.ts'
import '../journeys/journeys.css'
import { starters } from './starters.ts'
import { templateTexts } from './texts.ts'

/** A name, a channel and a first draft; the words are written in the editor. */
export function CreateTemplate({ initial, onClose }: { initial: Channel; onClose: () => void }) {
  const t = useT(templateTexts)
  const language = useLanguage()
  const run = useRun()
  const navigate = useNavigate()
  const create = useMutate('templateCreate', { refresh: ['templates'] })
  const [name, setName] = useState('')
  const [channel, setChannel] = useState(initial)
  const offered = starters.filter((starter) => starter.channel === channel)
  const [picked, setPicked] = useState('')
  const starter = offered.find((candidate) => candidate.key === picked) ?? offered[0]
  const submit = () =>
    run(async () => {
      if (starter === undefined) return
      const template = await create.mutateAsync({ body: { name: name.trim(), channel, content: starter.content[language], linkUrl: '' } })
      await navigate({ to: '/templates/$key', params: { key: template.key } })
    }, t('created'))
  return (
    <Modal
      open
      width={520}
      title={t('create')}
      okText={t('createDo')}
      cancelText={t('cancel')}
      okButtonProps={{ disabled: name.trim() === '', loading: create.isPending }}
      onOk={() => void submit()}
      onCancel={onClose}
    >
      <Field label={t('name')}>
        <Input
          autoFocus
          value={name}
          maxLength={100}
          aria-label={t('name')}
          placeholder={t('namePlaceholder')}
          onChange={(event) => setName(event.target.value)}
        />
      </Field>
      <Field label={t('channel')}>
        <Segmented value={channel} options={channels.map((value) => ({ value, label: t(value) }))} onChange={setChannel} />
      </Field>
      <Field label={t('starter')}>
        <Radio.Group
          value={starter?.key}
          options={offered.map((candidate) => ({ value: candidate.key, label: candidate.name[language] }))}
          onChange={(event) => setPicked(event.target.value)}
        />
      </Field>
    </Modal>
  )
}
