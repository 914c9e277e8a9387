import { DeleteOutlined, PlusOutlined } from '@ant-design/icons'
import type { WebhookEndpoint } from '@chaoxi/contract'
import { Button, Drawer, Form, Input, InputNumber, Switch } from 'antd'
import { useMutate } from '../../api/hooks.ts'
import { useT } from '../../i18n/index.ts'
import { IconButton, uiTexts, useKeys, useRun } from '../../ui/index.ts'
import { endpointTexts } from './texts.ts'

interface Fields {
  name: string
  key: string
  url: string
  timeoutSeconds: number
  enabled: boolean
  headers: { name: string; value?: string }[]
}

interface FormProps {
  /** Null: a new one. */
  endpoint: WebhookEndpoint | null
  onClose: () => void
  /** With the secret, of a new one. */
  onDone: (key: string, secret: string | null) => void
}

export function EndpointForm({ endpoint, onClose, onDone }: FormProps) {
  const t = useT(endpointTexts)
  const ui = useT(uiTexts)
  const run = useRun()
  const [form] = Form.useForm<Fields>()
  const refresh = ['webhookEndpoints', 'webhookEndpoint'] as const
  const create = useMutate('webhookEndpointCreate', { refresh })
  const update = useMutate('webhookEndpointUpdate', { refresh })
  useKeys({ 'ctrl+s': () => form.submit() })
  const kept = new Set(endpoint?.headers)
  const needed = { required: true, whitespace: true, message: t('needed') }

  const submit = ({ key, headers, ...fields }: Fields) =>
    run(async () => {
      const own = headers.map(({ name, value }) => ({ name, ...(value ? { value } : {}) }))
      if (endpoint === null) {
        const { secret } = await create.mutateAsync({ body: { ...fields, key, headers: own } })
        onDone(key, secret)
        return
      }
      await update.mutateAsync({ params: { key: endpoint.key }, body: { ...fields, headers: own, revision: endpoint.revision } })
      onDone(endpoint.key, null)
    }, t('saved'))

  return (
    <Drawer
      open
      size={520}
      title={endpoint === null ? t('create') : endpoint.name}
      onClose={onClose}
      footer={
        <div className="row" style={{ justifyContent: 'flex-end' }}>
          <Button onClick={onClose}>{ui('cancel')}</Button>
          <Button type="primary" loading={create.isPending || update.isPending} onClick={() => form.submit()}>
            {endpoint === null ? ui('create') : ui('save')}
          </Button>
        </div>
      }
    >
      <Form<Fields>
        form={form}
        layout="vertical"
        autoComplete="off"
        initialValues={
          endpoint === null
            ? { name: '', key: '', url: 'https://', timeoutSeconds: 10, enabled: true, headers: [] }
            : { ...endpoint, headers: endpoint.headers.map((name) => ({ name, value: '' })) }
        }
        onFinish={(fields) => void submit(fields)}
      >
        <Form.Item name="name" label={t('name')} rules={[needed]}>
          <Input autoFocus maxLength={100} placeholder={t('nameHint')} />
        </Form.Item>
        <Form.Item
          name="key"
          label={t('key')}
          extra={t('keyHint')}
          rules={[needed, { pattern: /^[a-z0-9][a-z0-9_-]{0,63}$/, message: t('keyWrong') }]}
        >
          <Input maxLength={64} disabled={endpoint !== null} placeholder="crm" />
        </Form.Item>
        <Form.Item
          name="url"
          label={t('url')}
          extra={t('urlHint')}
          rules={[needed, { pattern: /^https?:\/\/\S+$/, message: t('urlWrong') }]}
        >
          <Input maxLength={2_000} />
        </Form.Item>
        <div className="form-pair">
          <Form.Item name="timeoutSeconds" label={t('timeout')} rules={[{ required: true, message: t('needed') }]}>
            <InputNumber min={1} max={30} precision={0} style={{ width: 120 }} />
          </Form.Item>
          <Form.Item name="enabled" label={t('enabled')} valuePropName="checked" extra={t('enabledHint')}>
            <Switch />
          </Form.Item>
        </div>
        <Form.Item label={t('headers')} extra={t('headersHint')}>
          <Form.List name="headers">
            {(rows, { add, remove }) => (
              <>
                {rows.map((row) => {
                  const name: unknown = form.getFieldValue(['headers', row.name, 'name'])
                  const isKept = typeof name === 'string' && kept.has(name)
                  return (
                    <div key={row.key} className="row" style={{ flexWrap: 'nowrap', marginBottom: 6, gap: 6 }}>
                      <Form.Item name={[row.name, 'name']} noStyle rules={[needed]}>
                        <Input maxLength={100} aria-label={t('headerName')} placeholder="Authorization" />
                      </Form.Item>
                      <Form.Item name={[row.name, 'value']} noStyle rules={isKept ? [] : [needed]}>
                        <Input.Password
                          maxLength={2_000}
                          autoComplete="new-password"
                          aria-label={t('headerValue')}
                          placeholder={isKept ? t('headerKept') : t('headerValue')}
                        />
                      </Form.Item>
                      <IconButton icon={<DeleteOutlined />} label={t('headerRemove')} onClick={() => remove(row.name)} />
                    </div>
                  )
                })}
                {rows.length < 10 && (
                  <Button size="small" icon={<PlusOutlined />} onClick={() => add({ name: '', value: '' })}>
                    {t('headerAdd')}
                  </Button>
                )}
              </>
            )}
          </Form.List>
        </Form.Item>
      </Form>
    </Drawer>
  )
}
