import type { Channel, PersonDetail } from '@chaoxi/contract'
import { Button, Form, Input, Modal, Radio, Select, Table, type TableColumnsType } from 'antd'
import { useMemo, useState } from 'react'
import { useMutate } from '../api/hooks.ts'
import { type Translate, useLanguage, useT } from '../i18n/index.ts'
import { channelNames, channelTexts } from '../messages/channel-texts.ts'
import { reasonText } from '../messages/reasons.ts'
import { useCan } from '../shell/me.ts'
import { useRun } from '../ui/confirm-action.tsx'
import { JsonView } from '../ui/json-view.tsx'
import { StateText } from '../ui/state-text.tsx'
import { EmptyState } from '../ui/states.tsx'
import { texts as uiTexts } from '../ui/texts.ts'
import { Time } from '../ui/values.tsx'
import { texts as identityTexts } from './identity-texts.ts'
import { texts } from './texts.ts'

type Consent = PersonDetail['consents'][number]
type Suppression = PersonDetail['suppressions'][number]
type T = Translate<keyof typeof texts>

export function PersonConsent({ person }: { person: PersonDetail }) {
  const t = useT(texts)
  const channel = useT(channelTexts)
  const identity = useT(identityTexts)
  const language = useLanguage()
  const mayWrite = useCan('people.write')
  const [recording, setRecording] = useState(false)
  const consentColumns = useMemo(() => consentColumnsOf(t, channel), [t, channel])
  const suppressionColumns: TableColumnsType<Suppression> = [
    { title: t('consentChannel'), dataIndex: 'channel', render: (name: Channel) => channel(name) },
    { title: t('suppressionAddress'), dataIndex: 'address', className: 'num' },
    { title: t('suppressionReason'), dataIndex: 'reason', render: (reason: string) => reasonText(reason, language) },
    { title: t('suppressionAt'), dataIndex: 'at', render: (at: string) => <Time at={at} /> },
  ]
  return (
    <div className="stack">
      <div className="row" style={{ justifyContent: 'space-between' }}>
        <span className="muted">{t('consentLead')}</span>
        {mayWrite && <Button onClick={() => setRecording(true)}>{t('consentRecord')}</Button>}
      </div>
      {person.consents.length === 0 ? (
        <EmptyState title={t('consentEmpty')} />
      ) : (
        <Table<Consent>
          size="small"
          pagination={false}
          rowKey={(consent) => `${consent.channel}:${consent.purpose}`}
          columns={consentColumns}
          dataSource={person.consents}
          scroll={{ x: 'max-content' }}
          expandable={{ expandedRowRender: (consent) => <JsonView value={consent.evidence} /> }}
        />
      )}
      {person.consentHistory.length > person.consents.length && (
        <div>
          <h2 className="section-title">{identity('consentHistory')}</h2>
          <Table<Consent>
            size="small"
            pagination={{ pageSize: 10, hideOnSinglePage: true }}
            rowKey={(consent) => `${consent.at}:${consent.channel}:${consent.source}:${consent.granted}`}
            columns={consentColumns}
            dataSource={person.consentHistory}
            scroll={{ x: 'max-content' }}
            expandable={{ expandedRowRender: (consent) => <JsonView value={consent.evidence} /> }}
          />
        </div>
      )}
      {person.suppressions.length > 0 && (
        <div>
          <h2 className="section-title">{t('suppressions')}</h2>
          <Table<Suppression>
            size="small"
            pagination={false}
            rowKey={(suppression) => `${suppression.channel}:${suppression.address}`}
            columns={suppressionColumns}
            dataSource={person.suppressions}
          />
        </div>
      )}
      {recording && <RecordConsent personId={person.id} onClose={() => setRecording(false)} />}
    </div>
  )
}

function consentColumnsOf(t: T, channel: Translate<keyof typeof channelTexts>): TableColumnsType<Consent> {
  const sources: Record<string, string> = {
    identify: t('source_identify'),
    console: t('source_console'),
    sms_reply: t('source_sms_reply'),
    sample: t('source_sample'),
  }
  return [
    { title: t('consentChannel'), dataIndex: 'channel', render: (name: Channel) => channel(name) },
    { title: t('consentPurpose'), dataIndex: 'purpose', render: (purpose: Consent['purpose']) => channel(purpose) },
    { title: t('consentState'), dataIndex: 'granted', render: (granted: boolean) => <StateText state={granted ? 'granted' : 'denied'} /> },
    { title: t('consentAt'), dataIndex: 'at', render: (at: string) => <Time at={at} /> },
    { title: t('consentSource'), dataIndex: 'source', render: (source: string) => sources[source] ?? source },
    {
      title: t('consentVersion'),
      key: 'textVersion',
      // A reply or a note of the staff shows no wording; there the source stands in.
      render: (_, { textVersion, source }) => (textVersion === source ? <span className="muted">–</span> : textVersion),
    },
  ]
}

interface Decision {
  channel: Channel
  granted: boolean
  note: string
}

/** Consent told to the staff: who says it, on what grounds, kept as evidence. */
function RecordConsent({ personId, onClose }: { personId: number; onClose: () => void }) {
  const t = useT(texts)
  const ui = useT(uiTexts)
  const channel = useT(channelTexts)
  const [form] = Form.useForm<Decision>()
  const run = useRun()
  const save = useMutate('personConsent', { refresh: ['person'] })
  const submit = async (body: Decision) => {
    if (await run(() => save.mutateAsync({ params: { id: personId }, body }), t('consentSaved'))) onClose()
  }
  return (
    <Modal
      open
      title={t('consentRecordTitle')}
      okText={ui('save')}
      confirmLoading={save.isPending}
      onOk={() => form.submit()}
      onCancel={onClose}
    >
      <Form<Decision>
        form={form}
        layout="vertical"
        initialValues={{ channel: 'sms', granted: false, note: '' }}
        onFinish={(values) => void submit(values)}
      >
        <Form.Item name="channel" label={t('consentChannel')}>
          <Select options={channelNames.map((name) => ({ value: name, label: channel(name) }))} />
        </Form.Item>
        <Form.Item name="granted" label={t('consentState')}>
          <Radio.Group
            options={[
              { value: false, label: t('consentDenied') },
              { value: true, label: t('consentGranted') },
            ]}
          />
        </Form.Item>
        <Form.Item name="note" label={t('consentNote')} rules={[{ required: true, whitespace: true, message: t('consentNoteNeeded') }]}>
          <Input.TextArea rows={2} maxLength={500} placeholder={t('consentNoteHint')} />
        </Form.Item>
      </Form>
    </Modal>
  )
}
