import type { CouponView } from '@chaoxi/contract'
import { Button, Drawer, Form, Input, InputNumber, Radio } from 'antd'
import { useMutate } from '../api/hooks.ts'
import { useLanguage, useT } from '../i18n/index.ts'
import { useRun } from '../ui/confirm-action.tsx'
import { formatMoney, formatNumber } from '../ui/format.ts'
import { useKeys } from '../ui/keys.ts'
import { texts as uiTexts } from '../ui/texts.ts'
import { offerText } from './offer.ts'
import { texts } from './texts.ts'

/** The form speaks yuan; the wire speaks fen. */
interface Fields {
  name: string
  key: string
  kind: CouponView['kind']
  amountYuan: number
  percent: number
  thresholdYuan: number
  stock: number
  perPersonMax: number
  validDays: number
}

const start: Fields = {
  name: '',
  key: '',
  kind: 'amount_off',
  amountYuan: 20,
  percent: 20,
  thresholdYuan: 0,
  stock: 10_000,
  perPersonMax: 1,
  validDays: 7,
}

function couponOf(fields: Fields) {
  return {
    key: fields.key,
    name: fields.name,
    kind: fields.kind,
    value: fields.kind === 'amount_off' ? Math.round(fields.amountYuan * 100) : fields.percent,
    thresholdFen: Math.round(fields.thresholdYuan * 100),
    stock: fields.stock,
    perPersonMax: fields.perPersonMax,
    validDays: fields.validDays,
  }
}

export function CouponForm({ onClose }: { onClose: () => void }) {
  const t = useT(texts)
  const ui = useT(uiTexts)
  const run = useRun()
  const [form] = Form.useForm<Fields>()
  const watched = Form.useWatch([], form)
  const create = useMutate('couponCreate', { refresh: ['coupons'] })
  useKeys({ 'ctrl+s': () => form.submit() })
  const submit = async (fields: Fields) => {
    if (await run(() => create.mutateAsync({ body: couponOf(fields) }), t('created'))) onClose()
  }
  const kind = watched?.kind ?? start.kind
  const whole = { required: true, message: t('needed') }
  return (
    <Drawer
      open
      size={460}
      title={t('create')}
      onClose={onClose}
      footer={
        <div className="row" style={{ justifyContent: 'flex-end' }}>
          <Button onClick={onClose}>{ui('cancel')}</Button>
          <Button type="primary" loading={create.isPending} onClick={() => form.submit()}>
            {ui('create')}
          </Button>
        </div>
      }
    >
      <Form<Fields> form={form} layout="vertical" initialValues={start} onFinish={(fields) => void submit(fields)}>
        <Form.Item name="name" label={t('name')} rules={[{ required: true, whitespace: true, message: t('needed') }]}>
          <Input autoFocus maxLength={100} />
        </Form.Item>
        <Form.Item
          name="key"
          label={t('key')}
          extra={t('keyHint')}
          rules={[
            { required: true, message: t('needed') },
            { pattern: /^[a-z0-9][a-z0-9_-]{0,63}$/, message: t('keyWrong') },
          ]}
        >
          <Input placeholder="welcome-20" />
        </Form.Item>
        <Form.Item name="kind" label={t('kind')}>
          <Radio.Group
            options={[
              { value: 'amount_off', label: t('kindAmount') },
              { value: 'percent_off', label: t('kindPercent') },
            ]}
          />
        </Form.Item>
        <div className="form-pair">
          {kind === 'amount_off' ? (
            <Form.Item
              name="amountYuan"
              label={t('amount')}
              dependencies={['thresholdYuan']}
              rules={[
                whole,
                ({ getFieldValue }) => ({
                  validator: async (_, amount: number) => {
                    const threshold: number = getFieldValue('thresholdYuan')
                    if (threshold > 0 && amount > threshold) throw new Error(t('amountTooBig'))
                  },
                }),
              ]}
            >
              <InputNumber min={0.01} max={100_000} precision={2} prefix="¥" style={{ width: '100%' }} />
            </Form.Item>
          ) : (
            <Form.Item name="percent" label={t('percent')} extra={t('percentHint')} rules={[whole]}>
              <InputNumber min={1} max={99} precision={0} suffix="%" style={{ width: '100%' }} />
            </Form.Item>
          )}
          <Form.Item name="thresholdYuan" label={t('threshold')} extra={t('thresholdHint')} rules={[whole]}>
            <InputNumber min={0} max={1_000_000} precision={2} prefix="¥" style={{ width: '100%' }} />
          </Form.Item>
        </div>
        <div className="form-pair">
          <Form.Item name="stock" label={t('stock')} rules={[whole]}>
            <InputNumber min={1} max={100_000_000} precision={0} style={{ width: '100%' }} />
          </Form.Item>
          <Form.Item name="perPersonMax" label={t('perPersonMax')} rules={[whole]}>
            <InputNumber min={1} max={100} precision={0} style={{ width: '100%' }} />
          </Form.Item>
        </div>
        <Form.Item name="validDays" label={t('validDays')} rules={[whole]}>
          <InputNumber min={1} max={3650} precision={0} style={{ width: 140 }} />
        </Form.Item>
      </Form>
      {watched && <Consequence fields={{ ...start, ...watched }} />}
    </Drawer>
  )
}

/** What the coupon says to customers, and the most that it can cost. */
function Consequence({ fields }: { fields: Fields }) {
  const t = useT(texts)
  const language = useLanguage()
  const coupon = couponOf(fields)
  const stock = formatNumber(coupon.stock ?? 0, language)
  return (
    <div className="consequence">
      <strong>{offerText(coupon, language)}</strong>
      <div className="muted">
        {coupon.kind === 'amount_off'
          ? t('preview', { stock, cost: formatMoney(coupon.value * coupon.stock, language, { short: true }) })
          : t('previewPercent', { stock })}
      </div>
    </div>
  )
}
