import { DeleteOutlined, PlusOutlined } from '@ant-design/icons'
import { attemptsMax, channels, type JourneyNode, patienceGoals } from '@chaoxi/contract'
import { Button, Select, Space } from 'antd'
import { useEndpoint } from '../../api/hooks.ts'
import { useT } from '../../i18n/index.ts'
import { IconButton } from '../../ui/index.ts'
import type { NodePatch } from '../canvas/node-edits.ts'
import { messageTexts } from '../words/message-texts.ts'
import { journeyTexts } from '../words/texts.ts'
import { DurationInput, Field } from './fields.tsx'

interface AttemptFieldsProps {
  node: Extract<JourneyNode, { kind: 'send' }>
  patch: (change: NodePatch) => void
}

/** What is tried when the first message does not get there. */
export function AttemptFields({ node, patch }: AttemptFieldsProps) {
  const t = useT(messageTexts)
  const j = useT(journeyTexts)
  const templates = useEndpoint('templates').data?.items.filter((template) => template.status === 'active') ?? []
  const { attempts = [] } = node
  const other = channels.find((channel) => channel !== (attempts.at(-1)?.channel ?? node.channel)) ?? node.channel
  const set = (index: number, change: Partial<(typeof attempts)[number]>) =>
    patch({ attempts: attempts.map((one, at) => (at === index ? { ...one, ...change } : one)) })
  return (
    <>
      <Field label={t('attempts')} hint={t(attempts.length === 0 ? 'attemptsNone' : 'attemptsHint')}>
        {attempts.map(({ channel, template }, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: they may repeat, and have no identity but their place.
          <div key={index} className="way-head">
            <Space.Compact block>
              <Select
                value={channel}
                aria-label={t('attemptChannel', { number: index + 2 })}
                style={{ width: 90 }}
                options={channels.map((one) => ({ value: one, label: j(`channel_${one}`) }))}
                onChange={(next) => next !== channel && set(index, { channel: next, template: '' })}
              />
              <Select
                showSearch={{ optionFilterProp: 'label' }}
                value={template === '' ? null : template}
                placeholder={j('templateMissing')}
                aria-label={t('attemptTemplate', { number: index + 2 })}
                status={template === '' ? 'error' : ''}
                style={{ width: '100%' }}
                notFoundContent={j('templateNone')}
                options={templates.filter((one) => one.channel === channel).map(({ key, name }) => ({ value: key, label: name }))}
                onChange={(next) => set(index, { template: next })}
              />
            </Space.Compact>
            <IconButton
              icon={<DeleteOutlined />}
              label={t('attemptRemove', { number: index + 2 })}
              onClick={() => patch({ attempts: attempts.filter((_, at) => at !== index) })}
            />
          </div>
        ))}
        {attempts.length < attemptsMax && (
          <div>
            <Button
              size="small"
              icon={<PlusOutlined />}
              onClick={() => patch({ attempts: [...attempts, { channel: other, template: '' }] })}
            >
              {t('attemptAdd')}
            </Button>
          </div>
        )}
      </Field>
      {attempts.length > 0 && <PatienceFields node={node} patch={patch} />}
    </>
  )
}

function PatienceFields({ node: { patience }, patch }: AttemptFieldsProps) {
  const t = useT(messageTexts)
  return (
    <Field label={t('patience')} hint={t(patience === undefined ? 'patienceNone' : `patienceHint_${patience.until}`)}>
      <Select
        value={patience?.until ?? 'none'}
        aria-label={t('patience')}
        style={{ width: '100%' }}
        options={(['none', ...patienceGoals] as const).map((goal) => ({ value: goal, label: t(`patience_${goal}`) }))}
        onChange={(goal: 'none' | (typeof patienceGoals)[number]) =>
          patch({ patience: goal === 'none' ? null : { until: goal, within: patience?.within ?? { amount: 1, unit: 'day' } } })
        }
      />
      {patience && (
        <DurationInput
          value={patience.within}
          label={t('patienceWithin')}
          onChange={(within) => patch({ patience: { ...patience, within } })}
        />
      )}
    </Field>
  )
}
