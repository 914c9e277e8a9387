import type { Role } from '@chaoxi/contract'
import { Button, Form, Input, Modal, Select, type TableColumnsType } from 'antd'
import { useState } from 'react'
import { type RowOf, useList, useMutate } from '../api/hooks.ts'
import { useT } from '../i18n/index.ts'
import { useCan, useMe } from '../shell/me.ts'
import { texts as shellTexts } from '../shell/texts.ts'
import { ConfirmAction, useRun } from '../ui/confirm-action.tsx'
import { DataTable } from '../ui/data-table.tsx'
import { useKeys } from '../ui/keys.ts'
import { PageHeader } from '../ui/page-header.tsx'
import { texts as uiTexts } from '../ui/texts.ts'
import { Time } from '../ui/values.tsx'
import { texts } from './texts.ts'

type Member = RowOf<'members'>
const roles: readonly Role[] = ['admin', 'operator', 'editor', 'reviewer', 'agent', 'analyst']

export function MembersPage() {
  const t = useT(texts)
  const shell = useT(shellTexts)
  const me = useMe()
  const mayWrite = useCan('settings.write')
  const [creating, setCreating] = useState(false)
  const list = useList('members')
  useKeys({ n: mayWrite ? () => setCreating(true) : undefined })
  const columns: TableColumnsType<Member> = [
    {
      title: t('memberName'),
      key: 'name',
      render: (_, member) => (
        <>
          {member.name} {member.accountId === me?.account.id && <span className="muted">{t('you')}</span>}
        </>
      ),
    },
    { title: t('memberEmail'), dataIndex: 'email' },
    {
      title: t('memberRole'),
      key: 'role',
      // Nobody locks themselves out by a slip of the hand.
      render: (_, member) =>
        mayWrite && member.accountId !== me?.account.id ? <RoleSelect member={member} /> : shell(`role_${member.role}`),
    },
    { title: t('createdAt'), dataIndex: 'createdAt', render: (at: string) => <Time at={at} seconds={false} /> },
    { key: 'remove', align: 'right', render: (_, member) => mayWrite && member.accountId !== me?.account.id && <Remove member={member} /> },
  ]
  return (
    <>
      <PageHeader
        title={t('membersTitle')}
        subtitle={t('membersSubtitle')}
        actions={
          mayWrite && (
            <Button type="primary" onClick={() => setCreating(true)}>
              {t('memberCreate')}
            </Button>
          )
        }
      />
      <div className="stack">
        <DataTable<Member> list={list} columns={columns} rowKey={(member) => member.accountId} empty={{ title: t('membersEmpty') }} />
        <section className="panel">
          <h2>{t('roleMay')}</h2>
          <dl className="roles">
            {roles.map((role) => (
              <RoleLine key={role} name={shell(`role_${role}`)} may={t(`may_${role}`)} />
            ))}
          </dl>
        </section>
      </div>
      {creating && <AddMember onClose={() => setCreating(false)} />}
    </>
  )
}

function RoleLine({ name, may }: { name: string; may: string }) {
  return (
    <>
      <dt>{name}</dt>
      <dd className="muted">{may}</dd>
    </>
  )
}

function useRoleOptions() {
  const shell = useT(shellTexts)
  return roles.map((value) => ({ value, label: shell(`role_${value}`) }))
}

function RoleSelect({ member }: { member: Member }) {
  const t = useT(texts)
  const run = useRun()
  const options = useRoleOptions()
  const update = useMutate('memberUpdate', { refresh: ['members'] })
  return (
    <Select<Role>
      size="small"
      style={{ width: 130 }}
      value={member.role}
      options={options}
      loading={update.isPending}
      aria-label={t('memberRole')}
      onChange={(role) => void run(() => update.mutateAsync({ params: { id: member.accountId }, body: { role } }), t('memberRoleChanged'))}
    />
  )
}

function Remove({ member }: { member: Member }) {
  const t = useT(texts)
  const remove = useMutate('memberRemove', { refresh: ['members'] })
  return (
    <ConfirmAction
      size="small"
      danger
      type="text"
      title={t('memberRemoveTitle', { name: member.name })}
      text={t('memberRemoveText')}
      doIt={t('memberRemove')}
      done={t('memberRemoved')}
      run={() => remove.mutateAsync({ params: { id: member.accountId } })}
    >
      {t('memberRemove')}
    </ConfirmAction>
  )
}

interface Fields {
  name: string
  email: string
  role: Role
  password: string
}

function AddMember({ onClose }: { onClose: () => void }) {
  const t = useT(texts)
  const ui = useT(uiTexts)
  const run = useRun()
  const options = useRoleOptions()
  const [form] = Form.useForm<Fields>()
  const create = useMutate('memberCreate', { refresh: ['members'] })
  const submit = async (body: Fields) => {
    if (await run(() => create.mutateAsync({ body }), t('memberAdded'))) onClose()
  }
  const needed = { required: true, message: t('needed') }
  return (
    <Modal
      open
      title={t('memberCreate')}
      okText={ui('add')}
      confirmLoading={create.isPending}
      onOk={() => form.submit()}
      onCancel={onClose}
    >
      <Form<Fields>
        form={form}
        layout="vertical"
        autoComplete="off"
        initialValues={{ role: 'operator' }}
        onFinish={(fields) => void submit(fields)}
      >
        <Form.Item name="name" label={t('memberName')} rules={[{ ...needed, whitespace: true }]}>
          <Input autoFocus maxLength={100} />
        </Form.Item>
        <Form.Item name="email" label={t('memberEmail')} rules={[{ ...needed, type: 'email', message: t('memberEmailWrong') }]}>
          <Input autoComplete="off" />
        </Form.Item>
        <Form.Item name="role" label={t('memberRole')}>
          <Select options={options} />
        </Form.Item>
        <Form.Item
          name="password"
          label={t('memberPassword')}
          rules={[{ ...needed, min: 8, message: t('memberPasswordHint') }]}
          extra={t('memberPasswordHint')}
        >
          <Input.Password autoComplete="new-password" maxLength={200} />
        </Form.Item>
      </Form>
    </Modal>
  )
}
