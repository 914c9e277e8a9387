import { LoadingOutlined } from '@ant-design/icons'
import { Progress } from 'antd'
import { useLanguage, useT } from '../i18n/index.ts'
import { ErrorState, formatNumber, formatRate, Loading, PersonLink, TimeAgo } from '../ui/index.ts'
import { ruleTexts } from './texts.ts'
import type { Estimate } from './use-estimate.ts'

/** How many people the rule means right now, of how many, and ten of them by name. */
export function RuleEstimate({ estimate }: { estimate: Estimate }) {
  const t = useT(ruleTexts)
  const language = useLanguage()
  const { query, data, refining, complete, stale, errors } = estimate
  const { error } = query
  if (!complete && data === undefined) return <EstimateFrame>{<p className="muted">{t('estimateWaiting')}</p>}</EstimateFrame>
  if (error) {
    return (
      <EstimateFrame>
        <div className="rule-problem">{t('estimateFailed')}</div>
        {errors.length > 0 && <p className="muted">{t('estimateErrorsInPlace')}</p>}
        <ErrorState error={error} onRetry={() => void query.refetch()} />
      </EstimateFrame>
    )
  }
  if (data === undefined) return <EstimateFrame>{<Loading rows={4} />}</EstimateFrame>
  const share = data.total === 0 ? 0 : data.count / data.total
  return (
    <EstimateFrame busy={query.isFetching || refining}>
      <div className={stale ? 'estimate-stale' : ''} aria-live="polite">
        <div className="estimate-count">
          <b className="num">
            {data.interval !== null && '≈ '}
            {formatNumber(data.count, language)}
          </b>
          <span className="num">{formatRate(data.total === 0 ? null : share)}</span>
        </div>
        <Progress percent={share * 100} showInfo={false} size="small" aria-label={formatRate(share)} />
        <div className="muted">{complete ? t('estimateOf', { total: formatNumber(data.total, language) }) : t('estimateWaiting')}</div>
        {data.interval !== null && (
          <div className="muted num">
            {t('estimateInterval', { low: formatNumber(data.interval.low, language), high: formatNumber(data.interval.high, language) })}
            {refining && t('estimateRefining')}
          </div>
        )}
        {data.count === 0 ? (
          <p className="muted">{t('estimateNobody')}</p>
        ) : (
          <>
            <h4>{t('estimateSample', { count: data.sample.length })}</h4>
            <ul className="estimate-sample">
              {data.sample.map((person) => (
                <li key={person.id}>
                  <PersonLink person={person} />
                  {person.lastSeenAt !== null && (
                    <span className="muted">
                      <TimeAgo at={person.lastSeenAt} />
                    </span>
                  )}
                </li>
              ))}
            </ul>
          </>
        )}
        <div className="muted estimate-took">{t('estimateTook', { ms: Math.round(data.tookMs) })}</div>
      </div>
    </EstimateFrame>
  )
}

function EstimateFrame({ children, busy = false }: { children: React.ReactNode; busy?: boolean }) {
  const t = useT(ruleTexts)
  return (
    <section className="estimate" aria-label={t('estimateTitle')}>
      <h3>
        {t('estimateTitle')}
        {busy && <LoadingOutlined title={t('estimateRefreshing')} />}
      </h3>
      {children}
    </section>
  )
}
