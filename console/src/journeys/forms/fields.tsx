import type { Duration, Rule, Trigger } from '@chaoxi/contract'
import { Button, InputNumber, Modal, Segmented, Select, Space } from 'antd'
import { type ReactNode, useState } from 'react'
import { useT } from '../../i18n/index.ts'
import { RuleBuilder } from '../../rules/rule-builder.tsx'
import { ruleSentence } from '../../rules/rule-sentence.ts'
import { useNaming } from '../../rules/use-naming.ts'
import { journeyTexts } from '../words/texts.ts'

/** Of the fields that a kind of trigger asks for. */
export interface TriggerFieldsProps<T extends Trigger> {
  trigger: T
  onChange: (trigger: Trigger) => void
}

/** One labelled field of the side panel. */
export function Field({ label, hint, children }: { label: string; hint?: string; children: ReactNode }) {
  return (
    <div className="side-field">
      <span className="side-label">{label}</span>
      {children}
      {hint !== undefined && <div className="side-hint">{hint}</div>}
    </div>
  )
}

/** What a wait is counted from. */
export function SinceField({
  since = 'arrival',
  onChange,
}: {
  since: 'arrival' | 'entry' | undefined
  onChange: (since: 'arrival' | 'entry') => void
}) {
  const t = useT(journeyTexts)
  return (
    <Field label={t('since')}>
      <Segmented
        value={since}
        onChange={onChange}
        options={(['arrival', 'entry'] as const).map((value) => ({ value, label: t(`since_${value}`) }))}
      />
    </Field>
  )
}

const units = ['second', 'minute', 'hour', 'day'] as const

export function DurationInput({ value, label, onChange }: { value: Duration; label: string; onChange: (duration: Duration) => void }) {
  const t = useT(journeyTexts)
  return (
    <Space.Compact>
      <InputNumber
        value={value.amount}
        min={1}
        max={100_000}
        precision={0}
        aria-label={label}
        style={{ width: 100 }}
        onChange={(amount) => amount !== null && onChange({ ...value, amount })}
      />
      <Select
        value={value.unit}
        aria-label={label}
        style={{ width: 100 }}
        options={units.map((unit) => ({ value: unit, label: t(`unit_${unit}`) }))}
        onChange={(unit) => onChange({ ...value, unit })}
      />
    </Space.Compact>
  )
}

/** A rule within a narrow panel: the sentence here, the builder with its live size in a window of its own. */
export function RuleField({
  rule,
  title,
  onChange,
  onClear,
}: {
  rule: Rule
  title: string
  onChange: (rule: Rule) => void
  onClear?: () => void
}) {
  const t = useT(journeyTexts)
  const naming = useNaming()
  const [open, setOpen] = useState(false)
  return (
    <>
      <div className="rule-field">
        <div>{ruleSentence(rule, naming)}</div>
        <Space size={4}>
          <Button size="small" type="link" style={{ padding: 0 }} onClick={() => setOpen(true)}>
            {t('ruleEdit')}
          </Button>
          {onClear && (
            <Button size="small" type="text" onClick={onClear}>
              {t('ruleClear')}
            </Button>
          )}
        </Space>
      </div>
      <Modal
        open={open}
        title={title}
        width="min(1100px, 94vw)"
        onCancel={() => setOpen(false)}
        footer={
          <Button type="primary" onClick={() => setOpen(false)}>
            {t('ruleDone')}
          </Button>
        }
      >
        <RuleBuilder value={rule} onChange={onChange} />
      </Modal>
    </>
  )
}
