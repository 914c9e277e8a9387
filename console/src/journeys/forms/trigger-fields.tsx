import type { Trigger, TriggerKind } from '@chaoxi/contract'
import { Select } from 'antd'
import { useT } from '../../i18n/index.ts'
import { MatchEditor } from '../../rules/event-editor.tsx'
import { SegmentPicker, TagPicker, useTagValues } from '../../rules/pickers.tsx'
import { triggerTexts } from '../words/trigger-texts.ts'
import { AbsenceFields } from './absence-fields.tsx'
import { Field, type TriggerFieldsProps } from './fields.tsx'
import { ItemFields } from './item-fields.tsx'
import { ReplyFields } from './reply-fields.tsx'
import { ScheduleFields } from './schedule-fields.tsx'
import { DateFields } from './until-fields.tsx'

const blank: { readonly [K in TriggerKind]: Extract<Trigger, { kind: K }> } = {
  event: { kind: 'event', event: '', filters: [] },
  segment_entry: { kind: 'segment_entry', segment: '' },
  segment_exit: { kind: 'segment_exit', segment: '' },
  tag_entry: { kind: 'tag_entry', tag: '' },
  tag_exit: { kind: 'tag_exit', tag: '' },
  event_absence: {
    kind: 'event_absence',
    event: '',
    filters: [],
    none: [{ event: '', filters: [] }],
    within: { amount: 10, unit: 'minute' },
  },
  inbound_message: { kind: 'inbound_message', match: 'contains', words: [] },
  item_change: {
    kind: 'item_change',
    change: 'price_drop',
    interest: ['carted', 'favourited'],
    days: 30,
    minimum: { unit: 'percent', value: 10 },
    unlessBought: true,
  },
  schedule: { kind: 'schedule', audience: { kind: 'segment', segment: '' }, at: '10:00', repeat: { kind: 'daily' } },
  date: { kind: 'date', attribute: '', yearly: true, days: 0, at: '10:00' },
  call: { kind: 'call' },
}

/** What brings people in: of which kind it is, and what that kind asks for. */
export function TriggerFields({ trigger, onChange }: TriggerFieldsProps<Trigger>) {
  const t = useT(triggerTexts)
  return (
    <>
      <Field label={t('triggerKind')} hint={t(`triggerHint_${trigger.kind}`)}>
        <Select
          value={trigger.kind}
          aria-label={t('triggerKind')}
          style={{ width: '100%' }}
          options={Object.values(blank).map(({ kind }) => ({ value: kind, label: t(`trigger_${kind}`) }))}
          onChange={(kind) => kind !== trigger.kind && onChange(blank[kind])}
        />
      </Field>
      <KindFields trigger={trigger} onChange={onChange} />
    </>
  )
}

function KindFields({ trigger, onChange }: TriggerFieldsProps<Trigger>) {
  const t = useT(triggerTexts)
  switch (trigger.kind) {
    case 'event':
      return (
        <Field label={t('trigger_event')}>
          <MatchEditor match={trigger} onChange={(match) => onChange({ ...match, kind: 'event' })} />
        </Field>
      )
    case 'segment_entry':
    case 'segment_exit':
      return (
        <Field label={t('triggerSegment')}>
          <SegmentPicker
            value={trigger.segment}
            width="100%"
            invalid={trigger.segment === ''}
            onChange={(segment) => onChange({ ...trigger, segment })}
          />
        </Field>
      )
    case 'tag_entry':
    case 'tag_exit':
      return <TagFields trigger={trigger} onChange={onChange} />
    case 'event_absence':
      return <AbsenceFields trigger={trigger} onChange={onChange} />
    case 'inbound_message':
      return <ReplyFields trigger={trigger} onChange={onChange} />
    case 'item_change':
      return <ItemFields trigger={trigger} onChange={onChange} />
    case 'schedule':
      return <ScheduleFields trigger={trigger} onChange={onChange} />
    case 'date':
      return <DateFields date={trigger} onChange={onChange} />
    case 'call':
      return null
  }
}

/** A tag, and of one with values which: one chosen, or any. */
function TagFields({ trigger, onChange }: TriggerFieldsProps<Extract<Trigger, { kind: 'tag_entry' | 'tag_exit' }>>) {
  const t = useT(triggerTexts)
  const values = useTagValues(trigger.tag)
  const { kind, tag } = trigger
  return (
    <>
      <Field label={t('triggerTag')}>
        <TagPicker value={tag} width="100%" invalid={tag === ''} onChange={(chosen) => onChange({ kind, tag: chosen })} />
      </Field>
      {(values.length > 0 || trigger.value !== undefined) && (
        <Field label={t('triggerValue')}>
          <Select
            value={trigger.value ?? ''}
            aria-label={t('triggerValue')}
            style={{ width: '100%' }}
            status={trigger.value !== undefined && !values.includes(trigger.value) ? 'error' : ''}
            options={[{ value: '', label: t('triggerValueAny') }, ...values.map((value) => ({ value, label: value }))]}
            onChange={(value) => onChange({ kind, tag, ...(value === '' ? {} : { value }) })}
          />
        </Field>
      )}
    </>
  )
}
