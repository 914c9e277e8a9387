import type { CouponRow } from '@chaoxi/contract'
import { useMemo, useState } from 'react'
import { useList, useMutate } from '../api/hooks.ts'
import { type Language, type Translate, useLanguage, useT } from '../i18n/index.ts'
import { useCan } from '../shell/me.ts'
import {
  byName,
  type Column,
  ConfirmAction,
  formatNumber,
  ListPage,
  NameCell,
  Num,
  numberCell,
  PeopleNumber,
  StateText,
  stateTexts,
} from '../ui/index.ts'
import { Rate, Time } from '../ui/values.tsx'
import { CouponForm } from './coupon-form.tsx'
import { offerText } from './offer.ts'
import { texts } from './texts.ts'

const refreshMs = 5_000

export function CouponsPage() {
  const t = useT(texts)
  const s = useT(stateTexts)
  const language = useLanguage()
  const mayWrite = useCan('benefits.write')
  const [creating, setCreating] = useState(false)
  const list = useList('coupons', {}, { refreshMs })
  const columns = useMemo(() => columnsOf(t, language, mayWrite), [t, language, mayWrite])
  return (
    <>
      <ListPage<CouponRow>
        title={t('title')}
        subtitle={t('subtitle')}
        list={list}
        rowKey={(coupon) => coupon.key}
        create={mayWrite ? { label: t('create'), run: () => setCreating(true) } : null}
        search={t('search')}
        textOf={(coupon) => `${coupon.name} ${coupon.key}`}
        choices={[
          {
            name: 'status',
            label: t('state'),
            options: [
              { value: '', label: t('stateAll') },
              { value: 'active', label: s('active') },
              { value: 'archived', label: s('archived') },
            ],
            keep: (coupon, value) => coupon.status === value,
          },
        ]}
        columns={columns}
        empty={{ title: t('emptyTitle'), text: t('emptyText') }}
      />
      {creating && <CouponForm onClose={() => setCreating(false)} />}
    </>
  )
}

function columnsOf(t: Translate<keyof typeof texts>, language: Language, mayWrite: boolean): Column<CouponRow>[] {
  const claims = (claim: 'claimed' | 'used') => ({
    ...numberCell,
    title: t(claim),
    key: claim,
    render: (_: unknown, coupon: CouponRow) => <PeopleNumber value={coupon[claim]} search={{ coupon: coupon.key, claim }} />,
  })
  return [
    { title: t('name'), key: 'name', sorter: byName, render: (_, coupon) => <NameCell code={coupon.key}>{coupon.name}</NameCell> },
    { title: t('offer'), key: 'offer', render: (_, coupon) => offerText(coupon, language) },
    { ...numberCell, title: t('stock'), key: 'stock', render: (_, coupon) => <Num value={coupon.stock} /> },
    claims('claimed'),
    { ...numberCell, title: t('left'), key: 'left', render: (_, coupon) => <Num value={coupon.stock - coupon.claimed} /> },
    claims('used'),
    {
      ...numberCell,
      title: <span title={t('useRateHint')}>{t('useRate')}</span>,
      key: 'useRate',
      render: (_, coupon) => <Rate value={coupon.claimed === 0 ? null : coupon.used / coupon.claimed} />,
    },
    { title: t('limits'), key: 'limits', render: (_, coupon) => t('limitsText', { max: coupon.perPersonMax, days: coupon.validDays }) },
    { title: t('state'), key: 'state', render: (_, coupon) => <StateText state={coupon.status} /> },
    { title: t('createdAt'), key: 'createdAt', render: (_, coupon) => <Time at={coupon.createdAt} seconds={false} /> },
    { key: 'archive', align: 'right', render: (_, coupon) => mayWrite && coupon.status === 'active' && <Archive coupon={coupon} /> },
  ]
}

function Archive({ coupon }: { coupon: CouponRow }) {
  const t = useT(texts)
  const language = useLanguage()
  const archive = useMutate('couponArchive', { refresh: ['coupons', 'journey'] })
  const open = formatNumber(coupon.claimed - coupon.used, language)
  return (
    <ConfirmAction
      size="small"
      danger
      type="text"
      title={t('archiveTitle', { name: coupon.name })}
      text={
        <>
          <p>{t('archiveText', { open })}</p>
          {coupon.offeredBy.length > 0 && <p>{t('archiveOffered', { journeys: coupon.offeredBy.map(({ name }) => name).join('、') })}</p>}
        </>
      }
      doIt={t('archive')}
      done={t('archived')}
      run={() => archive.mutateAsync({ params: { key: coupon.key } })}
    >
      {t('archive')}
    </ConfirmAction>
  )
}
