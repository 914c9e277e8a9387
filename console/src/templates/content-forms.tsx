import type { Content, PopupContent } from '@chaoxi/contract'
import { Input, InputNumber, Segmented, Select, Space } from 'antd'
import { type SyntheticEvent, useRef } from 'react'
import { useEndpoint } from '../api/hooks.ts'
import { useT } from '../i18n/index.ts'
import { Field } from '../journeys/forms/fields.tsx'
import { templateTexts } from './texts.ts'
import { insertAt } from './variables.ts'

/** Writes into whichever text field had the cursor last; the form says which fields there are. */
export interface Cursor {
  /** Puts `source` at the cursor; false when no field has been in use. */
  insert: (source: string) => boolean
  /** Props for a field: it remembers the cursor when it is left. */
  field: (onChange: (text: string) => void) => Remembering
}

interface Remembering {
  onSelect: (event: SyntheticEvent<HTMLElement>) => void
  onBlur: (event: SyntheticEvent<HTMLElement>) => void
}

interface Spot {
  element: HTMLInputElement | HTMLTextAreaElement
  change: (text: string) => void
}

export function useCursor(): Cursor {
  const spot = useRef<Spot | null>(null)
  return {
    insert(source) {
      if (spot.current === null) return false
      const { element, change } = spot.current
      const { text, cursor } = insertAt(
        element.value,
        element.selectionStart ?? element.value.length,
        element.selectionEnd ?? element.value.length,
        source,
      )
      change(text)
      // After the form has drawn the new text, the cursor goes behind what was put in.
      requestAnimationFrame(() => {
        element.focus()
        element.setSelectionRange(cursor, cursor)
      })
      return true
    },
    field(change) {
      const remember = (event: SyntheticEvent<HTMLElement>) => {
        const { target } = event
        if (target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement) spot.current = { element: target, change }
      }
      return { onSelect: remember, onBlur: remember }
    },
  }
}

export interface ContentFormProps {
  content: Content
  cursor: Cursor
  onChange: (content: Content) => void
}

/** The fields of a channel's content. */
export function ContentForm({ content, cursor, onChange }: ContentFormProps) {
  const t = useT(templateTexts)
  if (content.kind === 'popup') return <PopupForm content={content} cursor={cursor} onChange={onChange} />
  const change = (text: string) => onChange({ ...content, text })
  return (
    <Field label={t('smsText')} hint={t('smsHint')}>
      <Input.TextArea
        value={content.text}
        maxLength={1000}
        autoSize={{ minRows: 5, maxRows: 14 }}
        aria-label={t('smsText')}
        status={content.text === '' ? 'error' : ''}
        onChange={(event) => change(event.target.value)}
        {...cursor.field(change)}
      />
    </Field>
  )
}

function PopupForm({ content, cursor, onChange }: { content: PopupContent; cursor: Cursor; onChange: (content: Content) => void }) {
  const t = useT(templateTexts)
  const set = (patch: Partial<PopupContent>) => onChange({ ...content, ...patch })
  const text = (name: 'title' | 'body' | 'imageUrl' | 'button') => ({
    value: content[name],
    onChange: (event: { target: { value: string } }) => set({ [name]: event.target.value }),
    ...cursor.field((value) => set({ [name]: value })),
  })
  return (
    <>
      <Field label={t('popupTitle')}>
        <Input {...text('title')} maxLength={100} showCount aria-label={t('popupTitle')} status={content.title === '' ? 'error' : ''} />
      </Field>
      <Field label={t('popupBody')}>
        <Input.TextArea {...text('body')} maxLength={500} showCount autoSize={{ minRows: 3, maxRows: 8 }} aria-label={t('popupBody')} />
      </Field>
      <Field label={t('popupImage')}>
        <Input {...text('imageUrl')} maxLength={500} placeholder={t('popupImagePlaceholder')} aria-label={t('popupImage')} />
      </Field>
      <Field label={t('popupButton')}>
        <Input {...text('button')} maxLength={30} showCount aria-label={t('popupButton')} status={content.button === '' ? 'error' : ''} />
      </Field>
      <Field label={t('popupAction')}>
        <ActionFields action={content.action} onChange={(action) => set({ action })} />
      </Field>
      <Field label={t('validHours')}>
        <Space>
          <InputNumber
            value={content.validHours}
            min={1}
            max={720}
            precision={0}
            aria-label={t('validHours')}
            onChange={(validHours) => validHours !== null && set({ validHours })}
          />
          <span>{t('validHoursUnit')}</span>
        </Space>
      </Field>
    </>
  )
}

function ActionFields({ action, onChange }: { action: PopupContent['action']; onChange: (action: PopupContent['action']) => void }) {
  const t = useT(templateTexts)
  const coupons = useEndpoint('coupons').data?.items.filter((coupon) => coupon.status === 'active')
  return (
    <div className="stack" style={{ gap: 8 }}>
      <Segmented
        value={action.kind}
        style={{ alignSelf: 'flex-start' }}
        options={(['coupon', 'link', 'close'] as const).map((kind) => ({ value: kind, label: t(`action_${kind}`) }))}
        onChange={(kind) => {
          if (kind === action.kind) return
          onChange(kind === 'coupon' ? { kind, coupon: coupons?.[0]?.key ?? '' } : kind === 'link' ? { kind, url: '' } : { kind })
        }}
      />
      {action.kind === 'coupon' && (
        <Select
          value={action.coupon === '' ? null : action.coupon}
          placeholder={t('actionCoupon')}
          aria-label={t('actionCoupon')}
          status={action.coupon === '' ? 'error' : ''}
          options={(coupons ?? []).map((coupon) => ({ value: coupon.key, label: coupon.name }))}
          onChange={(coupon) => onChange({ kind: 'coupon', coupon })}
        />
      )}
      {action.kind === 'link' && (
        <Input
          value={action.url}
          maxLength={500}
          placeholder={t('linkPlaceholder')}
          aria-label={t('actionUrl')}
          status={action.url === '' ? 'error' : ''}
          onChange={(event) => onChange({ kind: 'link', url: event.target.value })}
        />
      )}
    </div>
  )
}
