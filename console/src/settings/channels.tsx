import { Button, Form, Input, InputNumber, Typography } from 'antd'
import { Fragment } from 'react'
import { type RowOf, useEndpoint, useMutate } from '../api/hooks.ts'
import { useT } from '../i18n/index.ts'
import { useCan } from '../shell/me.ts'
import { useRun } from '../ui/confirm-action.tsx'
import { useKeys } from '../ui/keys.ts'
import { PageHeader } from '../ui/page-header.tsx'
import { ToneText } from '../ui/state-text.tsx'
import { Loaded } from '../ui/states.tsx'
import { texts as uiTexts } from '../ui/texts.ts'
import { texts } from './texts.ts'

type Account = RowOf<'channelAccounts'>
const noAccount: Account = {
  channel: 'sms',
  provider: 'aliyun',
  endpoint: 'https://dysmsapi.aliyuncs.com',
  accessKeyId: '',
  secretSet: false,
  signName: '',
  optOutText: '回T退订',
  pricePerSegmentFen: 5,
  callbackPath: null,
}

export function ChannelsPage() {
  const t = useT(texts)
  const accounts = useEndpoint('channelAccounts')
  return (
    <>
      <PageHeader title={t('channelsTitle')} subtitle={t('channelsSubtitle')} />
      <div className="stack">
        <section className="panel form-panel">
          <h2>{t('smsTitle')}</h2>
          <Loaded query={accounts}>
            {({ items }) => <SmsForm account={items.find(({ channel }) => channel === 'sms') ?? noAccount} />}
          </Loaded>
        </section>
        <section className="panel form-panel">
          <h2>{t('popupTitle')}</h2>
          <span className="muted">{t('popupText')}</span>
        </section>
      </div>
    </>
  )
}

type Fields = Pick<Account, 'endpoint' | 'accessKeyId' | 'signName' | 'optOutText'> & { secret?: string; priceYuan: number }

function SmsForm({ account }: { account: Account }) {
  const t = useT(texts)
  const ui = useT(uiTexts)
  const run = useRun()
  const mayWrite = useCan('settings.write')
  const [form] = Form.useForm<Fields>()
  const update = useMutate('channelAccountUpdate', { refresh: ['channelAccounts'] })
  useKeys({ 'ctrl+s': mayWrite ? () => form.submit() : undefined })
  const isStandin = /\/standin\//.test(account.endpoint)
  const save = ({ priceYuan, secret, ...fields }: Fields) =>
    run(async () => {
      const body = {
        ...fields,
        provider: account.provider,
        pricePerSegmentFen: Math.round(priceYuan * 100),
        ...(secret ? { secret } : {}),
      }
      await update.mutateAsync({ body })
      form.setFieldValue('secret', '')
    }, t('saved'))
  const needed = { required: true, message: t('needed') }
  return (
    <Form<Fields>
      form={form}
      layout="vertical"
      disabled={!mayWrite}
      autoComplete="off"
      initialValues={{ ...account, priceYuan: account.pricePerSegmentFen / 100, secret: '' }}
      onFinish={(fields) => void save(fields)}
    >
      <Form.Item label={t('provider')}>
        {isStandin ? <ToneText tone="warn">{t('providerStandin')}</ToneText> : <ToneText tone="good">{t('providerAliyun')}</ToneText>}
      </Form.Item>
      <Form.Item name="endpoint" label={t('endpoint')} rules={[needed]}>
        <Input />
      </Form.Item>
      <div className="form-pair">
        <Form.Item name="accessKeyId" label={t('accessKeyId')} rules={[needed]}>
          <Input autoComplete="off" />
        </Form.Item>
        <Form.Item name="secret" label={t('secret')} extra={t(account.secretSet ? 'secretKept' : 'secretMissing')}>
          <Input.Password autoComplete="new-password" />
        </Form.Item>
        <Form.Item name="signName" label={t('signName')} extra={t('signNameHint')} rules={[needed]}>
          <Input />
        </Form.Item>
        <Form.Item name="optOutText" label={t('optOutText')} extra={t('optOutTextHint')} rules={[needed]}>
          <Input />
        </Form.Item>
      </div>
      <Form.Item name="priceYuan" label={t('price')} extra={t('priceHint')} rules={[needed]}>
        <InputNumber min={0} max={100} step={0.01} precision={2} prefix="¥" style={{ width: 160 }} />
      </Form.Item>
      {account.callbackPath !== null && (
        <Form.Item label={t('callbacks')} extra={t('callbacksHint')}>
          <dl className="callbacks">
            {(['report', 'uplink'] as const).map((kind) => (
              <Fragment key={kind}>
                <dt>{t(`callback_${kind}`)}</dt>
                <dd>
                  <Typography.Text copyable>{`${window.location.origin}${account.callbackPath}/${kind}`}</Typography.Text>
                </dd>
              </Fragment>
            ))}
          </dl>
        </Form.Item>
      )}
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
