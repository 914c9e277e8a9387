import type { PersonDetail } from '@chaoxi/contract'
import { Table, type TableColumnsType } from 'antd'
import { useMemo } from 'react'
import { type Translate, useT } from '../i18n/index.ts'
import { StateText } from '../ui/state-text.tsx'
import { EmptyState } from '../ui/states.tsx'
import { Time } from '../ui/values.tsx'
import { texts } from './texts.ts'

type Coupon = PersonDetail['coupons'][number]

export function PersonCoupons({ coupons }: { coupons: readonly Coupon[] }) {
  const t = useT(texts)
  const columns = useMemo(() => columnsOf(t), [t])
  if (coupons.length === 0) return <EmptyState title={t('couponsEmpty')} text={t('couponsEmptyText')} />
  return (
    <Table<Coupon>
      size="small"
      pagination={false}
      rowKey="code"
      columns={columns}
      dataSource={[...coupons]}
      scroll={{ x: 'max-content' }}
    />
  )
}

function columnsOf(t: Translate<keyof typeof texts>): TableColumnsType<Coupon> {
  const time = (at: string | null) => <Time at={at} seconds={false} />
  return [
    { title: t('couponName'), dataIndex: 'name' },
    { title: t('couponCode'), dataIndex: 'code', render: (code: string) => <code>{code}</code> },
    { title: t('couponState'), dataIndex: 'state', render: (state: Coupon['state']) => <StateText state={state} /> },
    { title: t('claimedAt'), dataIndex: 'claimedAt', render: time },
    { title: t('usedAt'), dataIndex: 'usedAt', render: time },
    { title: t('expiresAt'), dataIndex: 'expiresAt', render: time },
  ]
}
