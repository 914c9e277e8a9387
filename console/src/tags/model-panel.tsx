import { useT } from '../i18n/index.ts'
import { ConfirmAction } from '../ui/index.ts'
import { type ModelDraft, readModel } from './model-draft.ts'
import { ModelFields } from './model-fields.tsx'
import { valueTexts } from './value-texts.ts'

interface Props {
  readonly draft: ModelDraft
  readonly names: readonly string[]
  /** Somebody tried to store. */
  readonly tried: boolean
  readonly onChange: (draft: ModelDraft) => void
  readonly onByHand: () => void
}

/** The form of the model that a tag was made by; the rules below follow it. */
export function ModelPanel({ draft, names, tried, onChange, onByHand }: Props) {
  const t = useT(valueTexts)
  return (
    <section className="panel model-panel">
      <h2>
        <span>{t('modelled', { model: t(`model_${draft.kind}`) })}</span>
        <small>
          {t('modelledHint')}{' '}
          <ConfirmAction size="small" title={t('byHandTitle')} text={t('byHandText')} doIt={t('byHand')} run={async () => onByHand()}>
            {t('byHand')}
          </ConfirmAction>
        </small>
      </h2>
      <ModelFields draft={draft} onChange={onChange} names={names} />
      {tried && readModel(draft).model === null && (
        <p className="rule-problem" role="alert">
          {t('modelWrong')}
        </p>
      )}
    </section>
  )
}
