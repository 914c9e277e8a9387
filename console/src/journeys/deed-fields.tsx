import type { JourneyNode } from '@chaoxi/contract'
import { Link } from '@tanstack/react-router'
import { Select } from 'antd'
import { useEndpoint } from '../api/hooks.ts'
import { useT } from '../i18n/index.ts'
import { deedTexts } from './deed-texts.ts'
import { Field } from './fields.tsx'
import type { NodePatch } from './node-edits.ts'

// Forms of steps that do something in the shop besides sending.

type FieldsProps<Kind extends JourneyNode['kind']> = { node: Extract<JourneyNode, { kind: Kind }>; patch: (change: NodePatch) => void }

export function GrantFields({ node, patch }: FieldsProps<'grant'>) {
  const t = useT(deedTexts)
  const coupons = useEndpoint('coupons').data?.items.filter(({ status }) => status === 'active')
  return (
    <Field label={t('coupon')} hint={t('couponHint')}>
      <Select
        showSearch={{ optionFilterProp: 'label' }}
        value={node.coupon === '' ? null : node.coupon}
        placeholder={t('couponMissing')}
        aria-label={t('coupon')}
        status={node.coupon === '' ? 'error' : ''}
        style={{ width: '100%' }}
        notFoundContent={t('couponNone')}
        options={(coupons ?? []).map(({ key, name, stock, claimed }) => ({
          value: key,
          label: t('couponLeft', { name, left: Math.max(0, stock - claimed) }),
        }))}
        onChange={(coupon) => patch({ coupon })}
      />
      <div className="side-hint">
        <Link to="/coupons">{t('couponOpen')}</Link>
      </div>
    </Field>
  )
}
