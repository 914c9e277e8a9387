import { type JourneyDefinition, type JourneyNode, knownAt } from '@chaoxi/contract'
import { Link } from '@tanstack/react-router'
import { Input, Segmented, Select } from 'antd'
import { useEndpoint } from '../../api/hooks.ts'
import { useT } from '../../i18n/index.ts'
import type { NodePatch } from '../canvas/node-edits.ts'
import { deedTexts } from '../words/deed-texts.ts'
import { Field } from './fields.tsx'
import { ValueFields } from './value-fields.tsx'

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

export function TagFields({ node, patch }: FieldsProps<'set_tag'>) {
  const t = useT(deedTexts)
  const tags = useEndpoint('tags').data?.items.filter(({ mode, status }) => mode === 'static' && status === 'active')
  return (
    <>
      <Field label={t('tagChange')}>
        <Segmented
          value={node.change}
          options={(['give', 'take'] as const).map((change) => ({ value: change, label: t(`tagChange_${change}`) }))}
          onChange={(change) => patch({ change })}
        />
      </Field>
      <Field label={t('tag')} hint={t('tagHint')}>
        <Select
          showSearch={{ optionFilterProp: 'label' }}
          value={node.tag === '' ? null : node.tag}
          placeholder={t('tagMissing')}
          aria-label={t('tag')}
          status={node.tag === '' ? 'error' : ''}
          style={{ width: '100%' }}
          notFoundContent={t('tagNone')}
          options={(tags ?? []).map(({ key, name }) => ({ value: key, label: name }))}
          onChange={(tag) => patch({ tag })}
        />
      </Field>
    </>
  )
}

export function AttributeFields({ node, definition, patch }: FieldsProps<'set_attribute'> & { definition: JourneyDefinition }) {
  const t = useT(deedTexts)
  return (
    <>
      <Field label={t('attribute')} hint={t('attributeHint')}>
        <Input
          value={node.attribute}
          maxLength={200}
          aria-label={t('attribute')}
          status={node.attribute === '' ? 'error' : ''}
          placeholder={t('attributePlaceholder')}
          onChange={(event) => patch({ attribute: event.target.value })}
        />
      </Field>
      <Field label={t('value')} {...(node.value.kind === 'trigger' ? { hint: t('triggerValueHint') } : {})}>
        <ValueFields
          value={node.value}
          label={t('value')}
          known={knownAt(definition, node.id)}
          onChange={(value) => value.kind !== 'attribute' && patch({ value })}
        />
      </Field>
    </>
  )
}
