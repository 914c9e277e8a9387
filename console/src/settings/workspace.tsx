import type { WorkspaceSettings } from '@chaoxi/contract'
import { Button, Form, Input, InputNumber, Select, Switch } from 'antd'
import { useMemo } from 'react'
import { useEndpoint, useMutate } from '../api/hooks.ts'
import { useT } from '../i18n/index.ts'
import { useCan } from '../shell/me.ts'
import { useRun } from '../ui/confirm-action.tsx'
import { useKeys } from '../ui/keys.ts'
import { PageHeader } from '../ui/page-header.tsx'
import { Loaded } from '../ui/states.tsx'
import { texts as uiTexts } from '../ui/texts.ts'
import { texts } from './texts.ts'

export function WorkspacePage() {
  const t = useT(texts)
  const workspace = useEndpoint('workspace')
  return (
    <>
      <PageHeader title={t('workspaceTitle')} subtitle={t('workspaceSubtitle')} />
      <div className="panel form-panel">
        <Loaded query={workspace}>{(settings) => <SettingsForm settings={settings} />}</Loaded>
      </div>
    </>
  )
}

const clock = /^([01]\d|2[0-3]):[0-5]\d$/

function SettingsForm({ settings }: { settings: WorkspaceSettings }) {
  const t = useT(texts)
  const ui = useT(uiTexts)
  const run = useRun()
  const mayWrite = useCan('settings.write')
  const [form] = Form.useForm<WorkspaceSettings>()
  const update = useMutate('workspaceUpdate', { refresh: ['workspace', 'me', 'overview'] })
  useKeys({ 'ctrl+s': mayWrite ? () => form.submit() : undefined })
  const zones = useMemo(() => Intl.supportedValuesOf('timeZone').map((value) => ({ value, label: value })), [])
  const clockRule = { required: true, pattern: clock, message: t('clockWrong') }
  const needed = { required: true, message: t('needed') }
  return (
    <Form<WorkspaceSettings>
      form={form}
      layout="vertical"
      disabled={!mayWrite}
      initialValues={settings}
      onFinish={(body) => void run(() => update.mutateAsync({ body }), t('saved'))}
    >
      <Form.Item name="name" label={t('name')} rules={[{ ...needed, whitespace: true }]}>
        <Input maxLength={100} />
      </Form.Item>
      <Form.Item name="timeZone" label={t('timeZone')} extra={t('timeZoneHint')} rules={[needed]}>
        <Select showSearch options={zones} />
      </Form.Item>
      <Form.Item label={t('quietHours')} extra={t('quietHoursHint')} required>
        <div className="row">
          <Form.Item name={['quietHours', 'start']} noStyle rules={[clockRule]}>
            <Input style={{ width: 90 }} placeholder="21:00" aria-label={t('quietHours')} />
          </Form.Item>
          {t('to')}
          <Form.Item name={['quietHours', 'end']} noStyle rules={[clockRule]}>
            <Input style={{ width: 90 }} placeholder="08:00" aria-label={t('quietHours')} />
          </Form.Item>
        </div>
      </Form.Item>
      <Form.Item label={t('cap')} extra={t('capHint')} required>
        <div className="row">
          <Form.Item name={['marketingCap', 'max']} noStyle rules={[needed]}>
            <InputNumber min={0} max={100} precision={0} style={{ width: 90 }} aria-label={t('cap')} />
          </Form.Item>
          {t('capEvery')}
          <Form.Item name={['marketingCap', 'hours']} noStyle rules={[needed]}>
            <InputNumber min={1} max={720} precision={0} style={{ width: 90 }} aria-label={t('capHours')} />
          </Form.Item>
          {t('capHours')}
        </div>
      </Form.Item>
      <Form.Item name="journeyReview" label={t('journeyReview')} extra={t('journeyReviewHint')} valuePropName="checked">
        <Switch aria-label={t('journeyReview')} />
      </Form.Item>
      {mayWrite ? (
        <Button type="primary" htmlType="submit" loading={update.isPending}>
          {ui('save')}
        </Button>
      ) : (
        <span className="muted">{t('adminOnly')}</span>
      )}
    </Form>
  )
}
