import { modelValues, type ValueModelKind } from '@chaoxi/contract'
import { Button, Modal, Space } from 'antd'
import { useState } from 'react'
import { useT } from '../i18n/index.ts'
import { ruleSentence } from '../rules/rule-sentence.ts'
import { useNaming } from '../rules/use-naming.ts'
import { type ModelDraft, newDraft, readModel } from './model-draft.ts'
import { ModelFields } from './model-fields.tsx'
import { valueTexts } from './value-texts.ts'

/** The ready models; one asks for its settings and writes the values. */
export function ModelButtons({ count, several, onUse }: { count: number; several: boolean; onUse: (draft: ModelDraft) => void }) {
  const t = useT(valueTexts)
  const [kind, setKind] = useState<ValueModelKind | null>(null)
  return (
    <Space size={4}>
      <span className="muted">{t('fromModel')}</span>
      {(several ? (['preference'] as const) : (['lifecycle', 'bands', 'rfm', 'preference'] as const)).map((name) => (
        <Button key={name} size="small" onClick={() => setKind(name)}>
          {t(`model_${name}`)}
        </Button>
      ))}
      {kind !== null && (
        <ModelDialog
          kind={kind}
          count={count}
          onClose={() => setKind(null)}
          onUse={(draft) => {
            onUse(draft)
            setKind(null)
          }}
        />
      )}
    </Space>
  )
}

interface DialogProps {
  kind: ValueModelKind
  /** Values that are there already. */
  count: number
  onClose: () => void
  onUse: (draft: ModelDraft) => void
}

function ModelDialog({ kind, count, onClose, onUse }: DialogProps) {
  const t = useT(valueTexts)
  const naming = useNaming()
  const [draft, setDraft] = useState(() => newDraft(kind))
  const { model } = readModel(draft)
  const names = useModelNames(kind)
  return (
    <Modal
      open
      width={760}
      title={t(`model_${kind}`)}
      okText={t('modelUse')}
      okButtonProps={{ disabled: model === null }}
      onOk={() => model !== null && onUse(draft)}
      onCancel={onClose}
    >
      <ModelFields draft={draft} onChange={setDraft} names={names} />
      {model !== null && (
        <>
          <h4>{t('modelResult')}</h4>
          <dl className="value-sentences">
            {modelValues(model, naming.language).map(({ value, rule }) => [
              <dt key={value}>{value}</dt>,
              <dd key={`${value} rule`}>{ruleSentence(rule, naming)}</dd>,
            ])}
          </dl>
        </>
      )}
      {count > 0 && <p className="rule-warning">{t('modelReplace', { count })}</p>}
    </Modal>
  )
}

/** What a model calls its values in the operator's language. */
function useModelNames(kind: ValueModelKind): string[] {
  const { language } = useNaming()
  const { model } = readModel(newDraft(kind))
  return model === null ? [] : modelValues(model, language).map((one) => one.value)
}
