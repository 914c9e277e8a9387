import { PlusOutlined } from '@ant-design/icons'
import type { CouponView } from '@chaoxi/contract'
import { Button, type TableColumnsType } from 'antd'
import { useMemo, useState } from 'react'
import { useList } from '../api/hooks.ts'
import { type Language, type Translate, useLanguage, useT } from '../i18n/index.ts'
import { useCan } from '../shell/me.ts'
import { DataTable, numberCell } from '../ui/data-table.tsx'
import { useKeys } from '../ui/keys.ts'
import { PageHeader } from '../ui/page-header.tsx'
import { StateText } from '../ui/state-text.tsx'
import { Num, Rate, Time } from '../ui/values.tsx'
import { CouponForm } from './coupon-form.tsx'
import { offerText } from './offer.ts'
import { texts } from './texts.ts'

const refreshMs = 5_000

export function CouponsPage() {
  const t = useT(texts)
  const language = useLanguage()
  const mayWrite = useCan('benefits.write')
  const [creating, setCreating] = useState(false)
  const list = useList('coupons', {}, { refreshMs })
  const columns = useMemo(() => columnsOf(t, language), [t, language])
  useKeys({ n: mayWrite ? () => setCreating(true) : undefined })
  const create = mayWrite && (
    <Button type="primary" icon={<PlusOutlined />} onClick={() => setCreating(true)}>
      {t('create')}
    </Button>
  )
  return (
    <>
      <PageHeader title={t('title')} subtitle={t('subtitle')} actions={create} />
      <DataTable<CouponView>
        list={list}
        columns={columns}
        rowKey={(coupon) => coupon.key}
        empty={{ title: t('emptyTitle'), text: t('emptyText'), action: create }}
      />
      {creating && <CouponForm onClose={() => setCreating(false)} />}
    </>
  )
}

function columnsOf(t: Translate<keyof typeof texts>, language: Language): TableColumnsType<CouponView> {
  return [
    {
      title: t('name'),
      key: 'name',
      render: (_, coupon) => (
        <>
          <div>{coupon.name}</div>
          <code className="muted">{coupon.key}</code>
        </>
      ),
    },
    { title: t('offer'), key: 'offer', render: (_, coupon) => offerText(coupon, language) },
    { ...numberCell, title: t('stock'), dataIndex: 'stock', render: (value: number) => <Num value={value} /> },
    { ...numberCell, title: t('claimed'), dataIndex: 'claimed', render: (value: number) => <Num value={value} /> },
    { ...numberCell, title: t('left'), key: 'left', render: (_, coupon) => <Num value={coupon.stock - coupon.claimed} /> },
    { ...numberCell, title: t('used'), dataIndex: 'used', render: (value: number) => <Num value={value} /> },
    {
      ...numberCell,
      title: <span title={t('useRateHint')}>{t('useRate')}</span>,
      key: 'useRate',
      render: (_, coupon) => <Rate value={coupon.claimed === 0 ? null : coupon.used / coupon.claimed} />,
    },
    { title: t('limits'), key: 'limits', render: (_, coupon) => t('limitsText', { max: coupon.perPersonMax, days: coupon.validDays }) },
    { title: t('state'), key: 'state', render: (_, coupon) => <StateText state={coupon.status} /> },
    { title: t('createdAt'), dataIndex: 'createdAt', render: (at: string) => <Time at={at} seconds={false} /> },
  ]
}
