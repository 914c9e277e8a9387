import { DeleteOutlined, PlusOutlined } from '@ant-design/icons'
import { absenceNoneMax, type Trigger } from '@chaoxi/contract'
import { Button, Checkbox } from 'antd'
import { useT } from '../../i18n/index.ts'
import { MatchEditor } from '../../rules/event-editor.tsx'
import { PropertyPicker, useKnownProperties } from '../../rules/pickers.tsx'
import { IconButton } from '../../ui/index.ts'
import { triggerTexts } from '../words/trigger-texts.ts'
import { DurationInput, Field, type TriggerFieldsProps } from './fields.tsx'

type Absence = Extract<Trigger, { kind: 'event_absence' }>

/** An event, what must not follow it, and for how long. */
export function AbsenceFields({ trigger, onChange }: TriggerFieldsProps<Absence>) {
  const t = useT(triggerTexts)
  const { none } = trigger
  return (
    <>
      <Field label={t('absenceFirst')}>
        <MatchEditor match={trigger} onChange={(match) => onChange({ ...trigger, ...match })} />
      </Field>
      <Field label={t('absenceNone')}>
        {none.map((match, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: they may repeat, and have no identity but their place.
          <div key={index} className="exit-item">
            <div style={{ display: 'flex', gap: 4 }}>
              <div style={{ flex: 1, minWidth: 0 }}>
                <MatchEditor match={match} onChange={(next) => onChange({ ...trigger, none: none.with(index, next) })} />
              </div>
              {none.length > 1 && (
                <IconButton
                  icon={<DeleteOutlined />}
                  label={t('absenceRemove')}
                  onClick={() => onChange({ ...trigger, none: none.toSpliced(index, 1) })}
                />
              )}
            </div>
          </div>
        ))}
        {none.length < absenceNoneMax && (
          <Button
            size="small"
            icon={<PlusOutlined />}
            onClick={() => onChange({ ...trigger, none: [...none, { event: '', filters: [] }] })}
          >
            {t('absenceAdd')}
          </Button>
        )}
      </Field>
      <Field label={t('absenceWithin')}>
        <DurationInput value={trigger.within} label={t('absenceWithin')} onChange={(within) => onChange({ ...trigger, within })} />
      </Field>
      <SameFields trigger={trigger} onChange={onChange} />
    </>
  )
}

function SameFields({ trigger, onChange }: TriggerFieldsProps<Absence>) {
  const t = useT(triggerTexts)
  const first = useKnownProperties(trigger.event)
  const others = useKnownProperties(trigger.none[0]?.event ?? '')
  const { same, ...rest } = trigger
  return (
    <>
      <Checkbox
        checked={same !== undefined}
        onChange={({ target }) =>
          onChange(target.checked ? { ...rest, same: { first: 'product_id', none: 'products[].product_id' } } : rest)
        }
      >
        {t('absenceSame')}
      </Checkbox>
      {same !== undefined && (
        <>
          <Field label={t('absenceSameFirst')}>
            <PropertyPicker
              value={same.first}
              known={first}
              width="100%"
              invalid={same.first === ''}
              onChange={(property) => onChange({ ...trigger, same: { ...same, first: property } })}
            />
          </Field>
          <Field label={t('absenceSameNone')} hint={t('absenceSameHint')}>
            <PropertyPicker
              value={same.none}
              known={others}
              width="100%"
              invalid={same.none === ''}
              onChange={(property) => onChange({ ...trigger, same: { ...same, none: property } })}
            />
          </Field>
        </>
      )}
    </>
  )
}
