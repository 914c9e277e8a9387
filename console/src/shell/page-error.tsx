import { Button } from 'antd'
import { useT } from '../i18n/index.ts'
import { EmptyState } from '../ui/states.tsx'
import { texts } from './texts.ts'

/** A page that threw: a bug, or a chunk of an older build that is gone. The rest of the console stays usable. */
export function PageError() {
  const t = useT(texts)
  return (
    <EmptyState
      title={t('brokenTitle')}
      text={t('brokenText')}
      action={
        <Button type="primary" onClick={() => window.location.reload()}>
          {t('reload')}
        </Button>
      }
    />
  )
}
