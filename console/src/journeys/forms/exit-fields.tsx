import { DeleteOutlined, PlusOutlined } from '@ant-design/icons'
import type { ExitCondition } from '@chaoxi/contract'
import { Button, Dropdown } from 'antd'
import { useT } from '../../i18n/index.ts'
import { MatchEditor } from '../../rules/event-editor.tsx'
import { everyone } from '../../rules/rule-editing.ts'
import { IconButton } from '../../ui/index.ts'
import { journeyTexts } from '../words/texts.ts'
import { RuleField } from './fields.tsx'

export interface ExitFieldsProps {
  exits: readonly ExitCondition[]
  max: number
  hint: string
  onChange: (exits: ExitCondition[]) => void
}

/** What makes people leave early: of the journey, or while they are at one step. */
export function ExitFields({ exits, max, hint, onChange }: ExitFieldsProps) {
  const t = useT(journeyTexts)
  const replace = (index: number, exit: ExitCondition) => onChange(exits.map((old, at) => (at === index ? exit : old)))
  return (
    <>
      <p className="side-hint">{hint}</p>
      {exits.map((exit, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: they may repeat, and have no identity but their place.
        <div key={index} className="exit-item">
          <div className="side-title">
            <span>{t(exit.kind === 'event' ? 'exitEvent' : 'exitRule')}</span>
            <IconButton icon={<DeleteOutlined />} label={t('exitRemove')} onClick={() => onChange(exits.filter((_, at) => at !== index))} />
          </div>
          {exit.kind === 'event' ? (
            <MatchEditor match={exit} onChange={(match) => replace(index, { ...match, kind: 'event' })} />
          ) : (
            <RuleField rule={exit.rule} title={t('exitRule')} onChange={(rule) => replace(index, { kind: 'rule', rule })} />
          )}
        </div>
      ))}
      {exits.length < max && (
        <Dropdown
          trigger={['click']}
          menu={{
            items: [
              { key: 'event', label: t('exitEvent'), onClick: () => onChange([...exits, { kind: 'event', event: '', filters: [] }]) },
              { key: 'rule', label: t('exitRule'), onClick: () => onChange([...exits, { kind: 'rule', rule: everyone }]) },
            ],
          }}
        >
          <Button size="small" icon={<PlusOutlined />}>
            {t('exitAdd')}
          </Button>
        </Dropdown>
      )}
    </>
  )
}
