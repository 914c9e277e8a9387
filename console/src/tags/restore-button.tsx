import { useMutate } from '../api/hooks.ts'
import { useT } from '../i18n/index.ts'
import { ConfirmAction } from '../ui/index.ts'
import type { DefinitionDetail, DefinitionKind } from './definition-parts.tsx'
import { governanceTexts } from './governance-texts.ts'

/** Takes an archived definition up again. */
export function RestoreButton({ kind, definition }: { kind: DefinitionKind; definition: DefinitionDetail }) {
  const t = useT(governanceTexts)
  const restore = useMutate('definitionRestore', {
    refresh: ['tag', 'tags', 'segment', 'segments', 'people', 'definitionVersions', 'governance'],
  })
  const { key, name, mode } = definition
  return (
    <ConfirmAction
      type="primary"
      title={t('restoreTitle', { name })}
      text={t(mode === 'dynamic' ? 'restoreDynamic' : 'restoreStatic')}
      doIt={t('restore')}
      done={t('restoreDone')}
      run={() => restore.mutateAsync({ params: { kind, key } })}
    >
      {t('restore')}
    </ConfirmAction>
  )
}
