import type { TagView } from '@chaoxi/contract'
import { useMutate } from '../api/hooks.ts'
import { useLanguage, useT } from '../i18n/index.ts'
import { useCan } from '../shell/me.ts'
import { ConfirmAction, formatNumber } from '../ui/index.ts'
import { useModelWords } from './model-words.ts'
import { valueTexts } from './value-texts.ts'

/** Which model a tag was made by, with its settings; boundaries from the distribution can be taken again. */
export function ModelSummary({ tag }: { tag: TagView }) {
  const t = useT(valueTexts)
  const language = useLanguage()
  const words = useModelWords()
  const canWrite = useCan('rules.write') && tag.status === 'active'
  const take = useMutate('tagBoundaries', { refresh: ['tag', 'tags', 'definitionVersions', 'people'] })
  const text = words(tag.model)
  if (text === null) return null
  const quantiles = tag.model?.kind === 'rfm' ? tag.model.settings.quantiles : undefined
  return (
    <div className="model-taken">
      <span>{text}</span>
      {quantiles !== undefined && (
        <>
          <span className="muted">
            {t('again')} {t(`again_${quantiles.again}`)}
          </span>
          {canWrite && (
            <ConfirmAction
              size="small"
              title={t('takeAgainTitle')}
              text={t('takeAgainText', { count: formatNumber(tag.size, language) })}
              doIt={t('takeAgain')}
              done={t('takeAgainDone')}
              run={() => take.mutateAsync({ params: { key: tag.key } })}
            >
              {t('takeAgain')}
            </ConfirmAction>
          )}
        </>
      )}
    </div>
  )
}
