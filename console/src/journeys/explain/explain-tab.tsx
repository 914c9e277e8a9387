import type { JourneyDetail, JourneyExplanation, PersonSummary } from '@chaoxi/contract'
import { useState } from 'react'
import { useEndpoint } from '../../api/hooks.ts'
import { PersonSearch } from '../../rules/person-search.tsx'
import { EmptyState, ErrorState, Loading, PersonLink, useFilters } from '../../ui/index.ts'
import { ToneText } from '../../ui/state-text.tsx'
import { nodeOf } from '../canvas/graph-basics.ts'
import { nodeTitle } from '../words/node-words.ts'
import { refusalWord } from '../words/trigger-words.ts'
import { EvaluationView } from './evaluation-view.tsx'
import { NewsList } from './news-list.tsx'
import { RunsExplained } from './runs-explained.tsx'
import { useWords } from './use-words.ts'
import { newsWords } from './words.ts'

const refreshMs = 5_000

/** Why one customer got what this journey sends, or did not. */
export function ExplainTab({ journey }: { journey: JourneyDetail }) {
  const { t } = useWords()
  const [filters, setFilters] = useFilters({ tab: '', person: '' })
  const [chosen, setChosen] = useState<PersonSummary | null>(null)
  const person = Number(filters.person)
  const query = useEndpoint(
    'journeyExplain',
    { params: { id: journey.id }, query: { person } },
    { refreshMs, enabled: Number.isSafeInteger(person) && person > 0 },
  )
  const data = query.isPlaceholderData || filters.person === '' ? undefined : query.data
  const choose = (next: PersonSummary | null) => {
    setChosen(next)
    setFilters({ person: next === null ? '' : String(next.id) })
  }
  return (
    <div className="panel stack" data-explain>
      <div className="row">
        <strong>{t('ask')}</strong>
        <PersonSearch value={data?.person ?? chosen} onChange={choose} width={300} />
      </div>
      {filters.person === '' ? (
        <EmptyState title={t('ask')} text={t('askHint')} />
      ) : query.error ? (
        <ErrorState error={query.error} onRetry={() => void query.refetch()} />
      ) : data === undefined ? (
        <Loading />
      ) : (
        <Explanation explanation={data} journey={journey} />
      )}
    </div>
  )
}

const tones = { inside: 'busy', finished: 'good', left: 'calm', failed: 'bad', refused: 'warn', waiting: 'busy', unknown: 'warn' } as const
const toneOf = (verdict: string) => Object.entries(tones).find(([name]) => name === verdict)?.[1] ?? 'calm'

function Explanation({ explanation, journey }: { explanation: JourneyExplanation; journey: JourneyDetail }) {
  const words = useWords()
  const { t, naming, time } = words
  const { verdict, refusals, news, runs } = explanation
  return (
    <>
      <div className="why-verdict" data-verdict={verdict}>
        <PersonLink person={explanation.person} />
        <ToneText tone={toneOf(verdict)}>{t(`verdict_${verdict}`)}</ToneText>
        <span className="muted">
          <VerdictNote explanation={explanation} journey={journey} />
        </span>
      </div>
      {explanation.journey.publishedAt !== null && (
        <section>
          <h2 className="section-title">{t('news')}</h2>
          <NewsList explanation={explanation} />
        </section>
      )}
      {refusals !== null && (
        <section data-kept-out>
          <h2 className="section-title">{t('refusals')}</h2>
          <p>{t('refusalsLine', { count: refusals.count, first: time(refusals.firstAt), last: time(refusals.lastAt) })}</p>
          <ul className="why-list">
            {refusals.recent.map((one) => (
              <li key={`${one.at} ${one.occurredAt} ${one.reason}`}>
                <span className="muted">{time(one.at)}</span> {refusalWord(one.reason, naming.language)}
              </li>
            ))}
          </ul>
        </section>
      )}
      <section>
        <h2 className="section-title">{t('runs')}</h2>
        {runs.length === 0 ? <p className="muted">{t('runsNone')}</p> : <RunsExplained explanation={explanation} journey={journey} />}
      </section>
      {explanation.now.length > 0 && (
        <section>
          <h2 className="section-title">{t('now')}</h2>
          {explanation.now.map((one) => (
            <EvaluationView key={one.place} evaluation={one} />
          ))}
        </section>
      )}
      <p className="muted">
        {t('refusalsKept', { since: time(explanation.refusalsSince) })}
        {news.length > 0 && explanation.moreNews && ` ${t('newsMore', { count: news.length })}`}
      </p>
    </>
  )
}

/** What of the rest says most about the verdict. */
function VerdictNote({ explanation, journey }: { explanation: JourneyExplanation; journey: JourneyDetail }) {
  const words = useWords()
  const { t, naming, time } = words
  const { verdict, runs, refusals } = explanation
  if (verdict === 'inside') {
    const run = runs.find((one) => one.state === 'active' || one.state === 'waiting')
    const node = run && nodeOf(journey.live ?? journey.draft, run.nodeId)
    if (run === undefined) return null
    const step = node === undefined ? run.nodeId : nodeTitle(node, naming)
    return (
      <>
        {t('atStep', { step })}
        {run.wakeAt !== null && ` · ${t('untilAt', { time: time(run.wakeAt) })}`}
      </>
    )
  }
  const [last] = refusals?.recent ?? []
  if (verdict === 'refused') return last === undefined ? null : t('lastRefused', { reason: refusalWord(last.reason, naming.language) })
  const [newest] = runs.length === 0 ? explanation.news : []
  return newest === undefined ? null : newsWords(newest, words)
}
