import { Alert, Button, Form, Input, Modal, Radio, type TableColumnsType, Typography } from 'antd'
import { useState } from 'react'
import { type RowOf, useList, useMutate } from '../api/hooks.ts'
import { type Translate, useT } from '../i18n/index.ts'
import { useCan } from '../shell/me.ts'
import { ConfirmAction, useRun } from '../ui/confirm-action.tsx'
import { DataTable } from '../ui/data-table.tsx'
import { useKeys } from '../ui/keys.ts'
import { PageHeader } from '../ui/page-header.tsx'
import { StateText } from '../ui/state-text.tsx'
import { texts as uiTexts } from '../ui/texts.ts'
import { Time } from '../ui/values.tsx'
import { texts } from './texts.ts'

type Key = RowOf<'apiKeys'>

export function KeysPage() {
  const t = useT(texts)
  const mayWrite = useCan('settings.write')
  const [creating, setCreating] = useState(false)
  const list = useList('apiKeys')
  useKeys({ n: mayWrite ? () => setCreating(true) : undefined })
  const create = mayWrite && (
    <Button type="primary" onClick={() => setCreating(true)}>
      {t('keyCreate')}
    </Button>
  )
  const columns: TableColumnsType<Key> = [
    { title: t('keyName'), key: 'name', render: (_, key) => keyName(key, t) },
    { title: t('keyKind'), key: 'kind', render: (_, key) => t(key.kind === 'write' ? 'keyWrite' : 'keyApi') },
    { title: t('keyText'), key: 'hint', render: (_, key) => <KeyHint of={key} /> },
    { title: t('createdAt'), dataIndex: 'createdAt', render: (at: string) => <Time at={at} seconds={false} /> },
    { title: t('keyState'), key: 'state', render: (_, key) => <StateText state={key.revokedAt ? 'revoked' : 'active'} /> },
    { key: 'revoke', align: 'right', render: (_, key) => mayWrite && !key.revokedAt && <Revoke of={key} /> },
  ]
  return (
    <>
      <PageHeader title={t('keysTitle')} subtitle={t('keysSubtitle')} actions={create} />
      <DataTable<Key>
        list={list}
        columns={columns}
        rowKey={(key) => key.id}
        empty={{ title: t('keysEmpty'), text: t('keysEmptyText'), action: create }}
      />
      {creating && <CreateKey onClose={() => setCreating(false)} />}
    </>
  )
}

/** Keys that the program made at its start have no name of their own. */
const keyName = ({ name }: Key, t: Translate<keyof typeof texts>) => name || t('keyUnnamed')

/** A write key is no secret: it is shown whole, to be copied into pages. */
function KeyHint({ of: { kind, hint, revokedAt } }: { of: Key }) {
  if (kind !== 'write' || revokedAt !== null) return <code>{hint}</code>
  return (
    <Typography.Text code copyable={{ text: hint }}>
      {hint}
    </Typography.Text>
  )
}

function Revoke({ of: key }: { of: Key }) {
  const t = useT(texts)
  const revoke = useMutate('apiKeyRevoke', { refresh: ['apiKeys'] })
  return (
    <ConfirmAction
      size="small"
      danger
      type="text"
      title={t('keyRevokeTitle', { name: keyName(key, t) })}
      text={t('keyRevokeText')}
      doIt={t('keyRevoke')}
      done={t('keyRevoked')}
      run={() => revoke.mutateAsync({ params: { id: key.id } })}
    >
      {t('keyRevoke')}
    </ConfirmAction>
  )
}

interface Fields {
  kind: 'write' | 'api'
  name: string
}

/** Asks for a name and kind, then shows the key, once. */
function CreateKey({ onClose }: { onClose: () => void }) {
  const t = useT(texts)
  const ui = useT(uiTexts)
  const run = useRun()
  const [form] = Form.useForm<Fields>()
  const [made, setMade] = useState<string | null>(null)
  const create = useMutate('apiKeyCreate', { refresh: ['apiKeys'] })
  const submit = (body: Fields) => run(async () => setMade((await create.mutateAsync({ body })).key))
  if (made !== null) {
    return (
      <Modal
        open
        title={t('keyCreate')}
        onCancel={onClose}
        footer={<Button onClick={onClose}>{ui('close')}</Button>}
        mask={{ closable: false }}
      >
        <div className="stack">
          <Alert type="warning" showIcon title={t('keyOnce')} description={t('keyOnceText')} />
          <Typography.Text code copyable={{ text: made }} className="key-once">
            {made}
          </Typography.Text>
        </div>
      </Modal>
    )
  }
  return (
    <Modal
      open
      title={t('keyCreate')}
      okText={ui('create')}
      confirmLoading={create.isPending}
      onOk={() => form.submit()}
      onCancel={onClose}
    >
      <Form<Fields> form={form} layout="vertical" initialValues={{ kind: 'write', name: '' }} onFinish={(fields) => void submit(fields)}>
        <Form.Item name="name" label={t('keyName')} rules={[{ required: true, whitespace: true, message: t('needed') }]}>
          <Input autoFocus maxLength={100} placeholder={t('keyNameHint')} />
        </Form.Item>
        <Form.Item name="kind" label={t('keyKind')}>
          <Radio.Group
            className="radio-stack"
            options={[
              { value: 'write', label: <Choice title={t('keyWrite')} hint={t('keyWriteHint')} /> },
              { value: 'api', label: <Choice title={t('keyApi')} hint={t('keyApiHint')} /> },
            ]}
          />
        </Form.Item>
      </Form>
    </Modal>
  )
}

function Choice({ title, hint }: { title: string; hint: string }) {
  return (
    <>
      {title} <span className="muted">{hint}</span>
    </>
  )
}
