import type { Channel } from '@chaoxi/contract'
import { Button, Checkbox, Input, Modal, Segmented, Table } from 'antd'
import { useState } from 'react'
import { useEndpoint, useMutate } from '../../api/hooks.ts'
import { useT } from '../../i18n/index.ts'
import { useCan } from '../../shell/me.ts'
import { ConfirmAction, useRun } from '../../ui/index.ts'
import { trialTexts } from './texts.ts'

const refresh = ['testRecipients'] as const

/** Colleagues whom messages of test runs go to. */
export function RecipientsDialog({ onClose }: { onClose: () => void }) {
  const t = useT(trialTexts)
  const run = useRun()
  const canWrite = useCan('journeys.publish')
  const list = useEndpoint('testRecipients')
  const add = useMutate('testRecipientAdd', { refresh: [...refresh] })
  const remove = useMutate('testRecipientRemove', { refresh: [...refresh] })
  const [name, setName] = useState('')
  const [channel, setChannel] = useState<Channel>('sms')
  const [address, setAddress] = useState('')
  const [isStaff, setIsStaff] = useState(false)
  const submit = async () => {
    const body = { name, channel, address, belongsToStaff: true as const }
    if (!(await run(() => add.mutateAsync({ body }), t('done')))) return
    setName('')
    setAddress('')
    setIsStaff(false)
  }
  return (
    <Modal open width={640} title={t('recipientsTitle')} footer={null} onCancel={onClose}>
      <p className="muted">{t('recipientsLead')}</p>
      <Table
        size="small"
        rowKey="id"
        pagination={false}
        locale={{ emptyText: t('noRecipients') }}
        dataSource={[...(list.data?.items ?? [])]}
        columns={[
          { title: t('name'), dataIndex: 'name' },
          { title: t('channel'), render: (_, one) => t(one.channel) },
          { title: t('address'), dataIndex: 'address' },
          {
            title: '',
            align: 'right',
            render: (_, one) =>
              canWrite && (
                <ConfirmAction
                  size="small"
                  type="text"
                  title={`${t('remove')} ${one.name}`}
                  doIt={t('remove')}
                  run={() => remove.mutateAsync({ params: { id: one.id } })}
                >
                  {t('remove')}
                </ConfirmAction>
              ),
          },
        ]}
      />
      {canWrite && (
        <div className="trial-add">
          <div className="row">
            <Segmented
              value={channel}
              onChange={setChannel}
              options={[
                { value: 'sms', label: t('sms') },
                { value: 'popup', label: t('popup') },
              ]}
            />
            <Input
              aria-label={t('name')}
              placeholder={t('name')}
              value={name}
              onChange={(event) => setName(event.target.value)}
              style={{ width: 120 }}
            />
            <Input
              aria-label={t('address')}
              placeholder={channel === 'sms' ? t('phoneHint') : t('userHint')}
              value={address}
              onChange={(event) => setAddress(event.target.value)}
              style={{ width: 220 }}
            />
          </div>
          <div className="row">
            <Checkbox checked={isStaff} onChange={(event) => setIsStaff(event.target.checked)}>
              {t('staff')}
            </Checkbox>
            <Button
              type="primary"
              disabled={!isStaff || name.trim() === '' || address.trim() === ''}
              loading={add.isPending}
              onClick={() => void submit()}
            >
              {t('add')}
            </Button>
          </div>
        </div>
      )}
    </Modal>
  )
}
