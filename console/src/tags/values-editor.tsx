import { ArrowDownOutlined, ArrowUpOutlined, DeleteOutlined, PlusOutlined } from '@ant-design/icons'
import { tagValuesMax } from '@chaoxi/contract'
import { Button, Input, Space } from 'antd'
import { useState } from 'react'
import { useT } from '../i18n/index.ts'
import { RuleBuilder, RuleSentence } from '../rules/rule-builder.tsx'
import { DragGrip, IconButton } from '../ui/index.ts'
import { type DraftValue, draftOf, moved, problemOf, withNewValue } from './value-list.ts'
import { ModelButtons } from './value-models.tsx'
import { valueTexts } from './value-texts.ts'
import './values.css'

interface Props {
  readonly values: readonly DraftValue[]
  readonly onChange: (values: DraftValue[]) => void
  /** Problems are shown once somebody tried to store. */
  readonly tried: boolean
  readonly onValid: (valid: boolean) => void
}

/** The values of a tag in their order, each with its rule; one is open at a time. */
export function ValuesEditor({ values, onChange, tried, onValid }: Props) {
  const t = useT(valueTexts)
  const [open, setOpen] = useState<number | null>(null)
  const [dragged, setDragged] = useState<number | null>(null)
  // Values of a model are others than those that were there, whatever their places.
  const [generation, setGeneration] = useState(0)
  const show = (id: number | null) => {
    setOpen(id)
    onValid(true)
  }
  const add = () => {
    const longer = withNewValue(values)
    onChange(longer)
    show(longer.at(-1)?.id ?? null)
  }
  const replace = (id: number, patch: Partial<DraftValue>) => onChange(values.map((one) => (one.id === id ? { ...one, ...patch } : one)))
  return (
    <section>
      <div className="values-head">
        <h3 className="section-title">{t('values')}</h3>
        <ModelButtons
          count={values.length}
          onUse={(written) => {
            onChange(draftOf(written))
            setGeneration(generation + 1)
            show(null)
          }}
        />
      </div>
      {values.length === 0 && <p className="muted">{t('valuesEmpty')}</p>}
      <ol className="values">
        {values.map((one, place) => (
          <ValueRow
            key={`${generation} ${one.id}`}
            draft={one}
            place={place}
            last={place === values.length - 1}
            isOpen={open === one.id}
            problem={tried || open === one.id || one.value !== '' ? problemOf(values, place) : null}
            isDragged={dragged === place}
            onOpen={() => show(open === one.id ? null : one.id)}
            onChange={(patch) => replace(one.id, patch)}
            onMove={(to) => onChange(moved(values, place, to))}
            onRemove={() => onChange(values.filter((other) => other.id !== one.id))}
            onDrag={setDragged}
            onDrop={() => {
              if (dragged !== null) onChange(moved(values, dragged, place))
              setDragged(null)
            }}
            onValid={onValid}
          />
        ))}
      </ol>
      <Space>
        <Button icon={<PlusOutlined />} disabled={values.length >= tagValuesMax} onClick={add}>
          {t('valueAdd')}
        </Button>
        {tried && values.length < 2 && <span className="rule-problem">{t('valuesFew')}</span>}
      </Space>
      <p className="muted">{t('valuesOrder')}</p>
    </section>
  )
}

interface RowProps {
  draft: DraftValue
  place: number
  last: boolean
  isOpen: boolean
  isDragged: boolean
  problem: ReturnType<typeof problemOf>
  onOpen: () => void
  onChange: (patch: Partial<DraftValue>) => void
  onMove: (to: number) => void
  onRemove: () => void
  onDrag: (place: number | null) => void
  onDrop: () => void
  onValid: (valid: boolean) => void
}

function ValueRow({ draft, place, last, isOpen, isDragged, problem, ...on }: RowProps) {
  const t = useT(valueTexts)
  return (
    <li
      className={`value-row${isDragged ? ' value-dragged' : ''}`}
      onDragOver={(event) => event.preventDefault()}
      onDrop={(event) => {
        event.preventDefault()
        on.onDrop()
      }}
    >
      <div className="value-line">
        <DragGrip hint={t('valueDrag')} data={draft.value} onStart={() => on.onDrag(place)} onEnd={() => on.onDrag(null)} />
        <span className="value-place num">{place + 1}</span>
        <Input
          value={draft.value}
          maxLength={50}
          placeholder={t('valueName')}
          aria-label={`${t('valueName')} ${place + 1}`}
          status={problem === 'valueUnnamed' || problem === 'valueTwice' ? 'error' : ''}
          className="value-name"
          onChange={(event) => on.onChange({ value: event.target.value })}
        />
        <div className="value-meaning">{!isOpen && <RuleSentence rule={draft.rule} />}</div>
        <Button size="small" type={isOpen ? 'default' : 'link'} aria-expanded={isOpen} onClick={on.onOpen}>
          {t(isOpen ? 'valueClose' : 'valueEdit')}
        </Button>
        <IconButton icon={<ArrowUpOutlined />} label={t('valueUp')} disabled={place === 0} onClick={() => on.onMove(place - 1)} />
        <IconButton icon={<ArrowDownOutlined />} label={t('valueDown')} disabled={last} onClick={() => on.onMove(place + 1)} />
        <IconButton icon={<DeleteOutlined />} label={t('valueRemove')} onClick={on.onRemove} />
      </div>
      {problem !== null && (
        <div className="rule-problem" role="alert">
          {t(problem)}
        </div>
      )}
      {isOpen && (
        <>
          <RuleBuilder value={draft.rule} onChange={(rule) => on.onChange({ rule })} onValid={on.onValid} />
          {place > 0 && <p className="muted">{t('valueAlone')}</p>}
        </>
      )}
    </li>
  )
}
