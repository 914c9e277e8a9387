import { Alert, Button, Empty, Skeleton } from 'antd'
import type { ReactNode } from 'react'
import { ApiError } from '../api/client.ts'
import { type Language, type Translate, useT } from '../i18n/index.ts'
import { problemWords } from './problem-words.ts'
import { texts } from './texts.ts'

type Key = keyof typeof texts

/** What an operator can do about an error, in plain words. The server's own message is for engineers. */
export function errorText(error: unknown, t: Translate<Key>): string {
  if (!(error instanceof ApiError)) return t('error_internal')
  return t(`error_${error.code}`)
}

/** More would fill the screen; the rest shows when these are mended. */
const problemsShown = 3

/** The same with what is wrong with the input, each with its place. */
export function errorWords(error: unknown, t: Translate<Key>, language: Language): ReactNode {
  const text = errorText(error, t)
  if (!(error instanceof ApiError) || error.problems.length === 0) return text
  return (
    <>
      {text}
      {error.problems.slice(0, problemsShown).map(({ path, message }) => (
        <div key={`${path} ${message}`}>
          {path && <code>{path}</code>} {problemWords(message, language)}
        </div>
      ))}
    </>
  )
}

/** What happened, that nothing was lost, what to do, and the id that finds it in the log. */
export function ErrorState({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const t = useT(texts)
  const requestId = error instanceof ApiError ? error.requestId : null
  return (
    <Alert
      type="error"
      showIcon
      className="error-state"
      title={t('errorTitle')}
      description={
        <>
          <div>
            {errorText(error, t)} {t('errorSafe')}
          </div>
          {requestId && (
            <div className="muted">
              {t('requestId')} <code>{requestId}</code>
            </div>
          )}
        </>
      }
      action={onRetry && <Button onClick={onRetry}>{t('retry')}</Button>}
    />
  )
}

export interface EmptyStateProps {
  title: string
  /** What this is for. */
  text?: ReactNode
  /** The first step. */
  action?: ReactNode
}

export function EmptyState({ title, text, action }: EmptyStateProps) {
  return (
    <div className="empty-state">
      <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={null} />
      <h3>{title}</h3>
      {text && <p>{text}</p>}
      {action && <div>{action}</div>}
    </div>
  )
}

/** For a page or a panel whose thing is on its way. */
export function Loading({ rows = 6 }: { rows?: number }) {
  return (
    <div className="loading" aria-busy="true">
      <Skeleton active title={false} paragraph={{ rows }} />
    </div>
  )
}

/** Loading, error or content of one query. */
export function Loaded<Data>(props: {
  query: { data: Data | undefined; error: unknown; refetch: () => unknown }
  rows?: number
  children: (data: Data) => ReactNode
}) {
  const { data, error, refetch } = props.query
  if (data !== undefined) return props.children(data)
  if (error) return <ErrorState error={error} onRetry={() => void refetch()} />
  return <Loading {...(props.rows === undefined ? {} : { rows: props.rows })} />
}
