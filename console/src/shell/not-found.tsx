import { Link } from '@tanstack/react-router'
import { useT } from '../i18n/index.ts'
import { EmptyState } from '../ui/states.tsx'
import { texts } from './texts.ts'

export function NotFound() {
  const t = useT(texts)
  return <EmptyState title={t('notFoundTitle')} text={t('notFoundText')} action={<Link to="/">{t('home')}</Link>} />
}
