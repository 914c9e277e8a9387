import { type JourneyDefinition, type MessageTest, messageResults } from '@chaoxi/contract'
import { Button, Select, Space } from 'antd'
import { useT } from '../../i18n/index.ts'
import { messageTexts } from '../words/message-texts.ts'
import { messageResultWord } from '../words/message-words.ts'
import { namedSteps } from '../words/node-words.ts'
import { useJourneyNaming } from '../words/use-journey-naming.ts'

interface MessageTestProps {
  definition: JourneyDefinition
  test: MessageTest | undefined
  onChange: (test: MessageTest | null) => void
}

/** What became of a message of this journey, besides a condition; nothing to choose where no step sends. */
export function MessageTestFields({ definition, test, onChange }: MessageTestProps) {
  const t = useT(messageTexts)
  const naming = namedSteps(definition, useJourneyNaming())
  const sends = definition.nodes.filter((node) => node.kind === 'send')
  const [first] = sends
  if (test === undefined)
    return first === undefined ? null : (
      <div>
        <Button size="small" type="link" style={{ padding: 0 }} onClick={() => onChange({ node: first.id, state: 'clicked' })}>
          {t('testAdd')}
        </Button>
      </div>
    )
  const known = sends.some((node) => node.id === test.node)
  return (
    <div className="rule-field">
      <div className="side-label">{t('test')}</div>
      <Space.Compact block>
        <Select
          value={known ? test.node : null}
          aria-label={t('testNode')}
          placeholder={t('testNode')}
          status={known ? '' : 'error'}
          style={{ width: '60%' }}
          showSearch={{ optionFilterProp: 'label' }}
          options={sends.map((node) => ({ value: node.id, label: naming.step(node.id) }))}
          onChange={(node) => onChange({ ...test, node })}
        />
        <Select
          value={test.state}
          aria-label={t('testState')}
          style={{ width: '40%' }}
          options={messageResults.map((state) => ({ value: state, label: messageResultWord(state, naming.language) }))}
          onChange={(state) => onChange({ ...test, state })}
        />
      </Space.Compact>
      <div className="side-hint">{t(`hint_${test.state}`)}</div>
      <Button size="small" type="text" onClick={() => onChange(null)}>
        {t('testRemove')}
      </Button>
    </div>
  )
}
