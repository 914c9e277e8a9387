import { type JourneyDefinition, type JourneyNode, looksMax } from '@chaoxi/contract'
import { InputNumber } from 'antd'
import { useT } from '../../i18n/index.ts'
import type { NodePatch } from '../canvas/node-edits.ts'
import { deedTexts } from '../words/deed-texts.ts'
import { journeyTexts } from '../words/texts.ts'
import { DurationInput, Field, RuleField, SinceField } from './fields.tsx'
import { MessageTestFields } from './message-fields.tsx'

// Forms of steps at which people wait until a condition holds.

type FieldsProps<Kind extends JourneyNode['kind']> = { node: Extract<JourneyNode, { kind: Kind }>; patch: (change: NodePatch) => void }

export function WaitRuleFields({ node, definition, patch }: FieldsProps<'wait_rule'> & { definition: JourneyDefinition }) {
  const t = useT(journeyTexts)
  const d = useT(deedTexts)
  return (
    <>
      <Field label={t('rule')} hint={d('waitRuleHint')}>
        <RuleField rule={node.rule} title={t('rule')} onChange={(rule) => patch({ rule })} />
        <MessageTestFields definition={definition} test={node.message} onChange={(message) => patch({ message })} />
      </Field>
      <Field label={t('timeout')}>
        <DurationInput value={node.timeout} label={t('timeout')} onChange={(timeout) => patch({ timeout })} />
      </Field>
      <SinceField since={node.since} onChange={(since) => patch({ since })} />
    </>
  )
}

export function RepeatFields({ node, patch }: FieldsProps<'repeat_check'>) {
  const t = useT(journeyTexts)
  const d = useT(deedTexts)
  return (
    <>
      <Field label={t('rule')} hint={d('repeatHint')}>
        <RuleField rule={node.rule} title={t('rule')} onChange={(rule) => patch({ rule })} />
      </Field>
      <Field label={d('every')}>
        <DurationInput value={node.every} label={d('every')} onChange={(every) => patch({ every })} />
      </Field>
      <Field label={d('times')}>
        <InputNumber
          value={node.times}
          min={1}
          max={looksMax}
          precision={0}
          aria-label={d('times')}
          onChange={(times) => times !== null && patch({ times })}
        />
      </Field>
    </>
  )
}
