import type { TableColumnsType } from 'antd'
import { useMemo } from 'react'
import { type RowOf, usePages } from '../api/hooks.ts'
import { type Translate, useT } from '../i18n/index.ts'
import { DataTable, numberCell } from '../ui/data-table.tsx'
import { StateText } from '../ui/state-text.tsx'
import { Money, Time } from '../ui/values.tsx'
import { texts } from './texts.ts'

type Order = RowOf<'personOrders'>

export function PersonOrders({ personId }: { personId: number }) {
  const t = useT(texts)
  const list = usePages('personOrders', { params: { id: personId } })
  const columns = useMemo(() => columnsOf(t), [t])
  return (
    <DataTable<Order>
      list={list}
      columns={columns}
      rowKey={(order) => order.orderId}
      empty={{ title: t('ordersEmpty'), text: t('ordersEmptyText') }}
    />
  )
}

function columnsOf(t: Translate<keyof typeof texts>): TableColumnsType<Order> {
  return [
    { title: t('orderId'), dataIndex: 'orderId' },
    { title: t('orderState'), dataIndex: 'status', render: (status: Order['status']) => <StateText state={status} /> },
    {
      title: t('orderItems'),
      key: 'lines',
      render: (_, order) => (
        <>
          {order.lines.map((line) => (
            <div key={line.lineNo} className="order-line">
              <span className="ellipsis" title={line.name || line.itemId}>
                {line.name || line.itemId}
              </span>
              <span className="muted num">
                ×{line.quantity} <Money fen={line.priceFen} />
              </span>
            </div>
          ))}
        </>
      ),
    },
    { ...numberCell, title: t('orderTotal'), dataIndex: 'totalFen', render: (fen: number) => <Money fen={fen} /> },
    { ...numberCell, title: t('orderPaid'), dataIndex: 'paidFen', render: (fen: number) => <Money fen={fen} /> },
    {
      ...numberCell,
      title: t('orderRefunded'),
      dataIndex: 'refundedFen',
      render: (fen: number) => (fen === 0 ? <span className="muted">–</span> : <Money fen={fen} />),
    },
    { title: t('orderCreated'), dataIndex: 'createdAt', render: (at: string) => <Time at={at} seconds={false} /> },
    { title: t('orderPaidAt'), dataIndex: 'paidAt', render: (at: string | null) => <Time at={at} seconds={false} /> },
  ]
}
