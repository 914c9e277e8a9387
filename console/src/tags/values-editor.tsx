import { ArrowDownOutlined, ArrowUpOutlined, DeleteOutlined, PlusOutlined } from '@ant-design/icons'
import { tagValuesMax } from '@chaoxi/contract'
import { Button, Input, Space, Switch } from 'antd'
import { useState } from 'react'
import { useLanguage, useT } from '../i18n/index.ts'
import { RuleBuilder, RuleSentence } from '../rules/rule-builder.tsx'
import { DragGrip, IconButton } from '../ui/index.ts'
import { moved } from '../ui/moved.ts'
import { type ModelDraft, namesIn, valuesOfModel } from './model-draft.ts'
import { ModelPanel } from './model-panel.tsx'
import { type DraftValue, draftOf, problemOf, withNewValue } from './value-list.ts'
import { ModelButtons } from './value-models.tsx'
import { valueTexts } from './value-texts.ts'
import './values.css'

interface Props {
  readonly values: readonly DraftValue[]
  /** A person has every value that fits, and not the first alone. */
  readonly several: boolean
  /** What writes the rules; null: they are edited by hand. */
  readonly model: ModelDraft | null
  readonly onChange: (values: DraftValue[], model: ModelDraft | null) => void
  readonly onSeveral: (several: boolean) => void
  /** Problems are shown once somebody tried to store. */
  readonly tried: boolean
  readonly onValid: (valid: boolean) => void
}

/** The values of a tag in their order, each with its rule; one is open at a time. */
export function ValuesEditor({ values, several, model, onChange, onSeveral, tried, onValid }: Props) {
  const t = useT(valueTexts)
  const language = useLanguage()
  const [open, setOpen] = useState<number | null>(null)
  const [dragged, setDragged] = useState<number | null>(null)
  // Values of a model are others than those that were there, whatever their places.
  const [generation, setGeneration] = useState(0)
  const names = values.map((one) => one.value)
  const show = (id: number | null) => {
    setOpen(id)
    onValid(true)
  }
  const add = () => {
    const longer = withNewValue(values)
    onChange(longer, null)
    show(longer.at(-1)?.id ?? null)
  }
  const replace = (id: number, patch: Partial<DraftValue>) =>
    onChange(
      values.map((one) => (one.id === id ? { ...one, ...patch } : one)),
      model,
    )
  const byHand = (changed: DraftValue[]) => onChange(changed, null)
  /** While its settings are not complete, the values stay what they were. */
  const follow = (draft: ModelDraft, called: readonly string[]) => {
    const written = valuesOfModel(draft, language, called)
    onChange(written === null ? [...values] : draftOf(written), draft)
  }
  return (
    <section>
      <div className="values-head">
        <h3 className="section-title">{t(several ? 'valuesSeveral' : 'valuesFirst')}</h3>
        {model === null && (
          <ModelButtons
            several={several}
            count={values.length}
            onUse={(draft) => {
              follow(draft, namesIn(draft, [], language))
              setGeneration(generation + 1)
              show(null)
            }}
          />
        )}
      </div>
      {model === null && (
        <div className="values-several">
          <Switch id="tag-several" checked={several} onChange={onSeveral} /> <label htmlFor="tag-several">{t('several')}</label>{' '}
          <span className="muted">{t('severalHint')}</span>
        </div>
      )}
      {model !== null && (
        <ModelPanel
          draft={model}
          names={names}
          tried={tried}
          onChange={(draft) => follow(draft, namesIn(draft, values, language))}
          onByHand={() => byHand([...values])}
        />
      )}
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
            isWritten={model !== null}
            several={several}
            onOpen={() => show(open === one.id ? null : one.id)}
            onChange={(patch) => replace(one.id, patch)}
            onMove={(to) => byHand(moved(values, place, to))}
            onRemove={() => byHand(values.filter((other) => other.id !== one.id))}
            onDrag={setDragged}
            onDrop={() => {
              if (dragged !== null) byHand(moved(values, dragged, place))
              setDragged(null)
            }}
            onValid={onValid}
          />
        ))}
      </ol>
      {model === null && (
        <Space>
          <Button icon={<PlusOutlined />} disabled={values.length >= tagValuesMax} onClick={add}>
            {t('valueAdd')}
          </Button>
          {tried && values.length < 2 && <span className="rule-problem">{t('valuesFew')}</span>}
        </Space>
      )}
      <p className="muted">{t(several ? 'valuesEach' : 'valuesOrder')}</p>
    </section>
  )
}

interface RowProps {
  draft: DraftValue
  place: number
  last: boolean
  isOpen: boolean
  isDragged: boolean
  /** By a model: then only its name is anybody's. */
  isWritten: boolean
  several: boolean
  problem: ReturnType<typeof problemOf>
  onOpen: () => void
  onChange: (patch: Partial<DraftValue>) => void
  onMove: (to: number) => void
  onRemove: () => void
  onDrag: (place: number | null) => void
  onDrop: () => void
  onValid: (valid: boolean) => void
}

function ValueRow({ draft, place, last, isOpen, isDragged, isWritten, several, problem, ...on }: RowProps) {
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
        {!isWritten && <DragGrip hint={t('valueDrag')} data={draft.value} onStart={() => on.onDrag(place)} onEnd={() => on.onDrag(null)} />}
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
        {!isWritten && (
          <>
            <Button size="small" type={isOpen ? 'default' : 'link'} aria-expanded={isOpen} onClick={on.onOpen}>
              {t(isOpen ? 'valueClose' : 'valueEdit')}
            </Button>
            <IconButton icon={<ArrowUpOutlined />} label={t('valueUp')} disabled={place === 0} onClick={() => on.onMove(place - 1)} />
            <IconButton icon={<ArrowDownOutlined />} label={t('valueDown')} disabled={last} onClick={() => on.onMove(place + 1)} />
            <IconButton icon={<DeleteOutlined />} label={t('valueRemove')} onClick={on.onRemove} />
          </>
        )}
      </div>
      {problem !== null && (
        <div className="rule-problem" role="alert">
          {t(problem)}
        </div>
      )}
      {isOpen && (
        <>
          <RuleBuilder value={draft.rule} onChange={(rule) => on.onChange({ rule })} onValid={on.onValid} />
          {place > 0 && !several && <p className="muted">{t('valueAlone')}</p>}
        </>
      )}
    </li>
  )
}
