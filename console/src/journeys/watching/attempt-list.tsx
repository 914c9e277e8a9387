import type { PostingAttempt } from '@chaoxi/contract'
import { useLanguage, useT } from '../../i18n/index.ts'
import { Time } from '../../ui/index.ts'
import { webhookTexts } from '../words/webhook-texts.ts'
import { attemptProblem } from '../words/webhook-words.ts'
import './attempts.css'

/** The attempts at telling a system outside, the newest first; what it answered where that was no success. */
export function AttemptList({ attempts }: { attempts: readonly PostingAttempt[] }) {
  const t = useT(webhookTexts)
  const language = useLanguage()
  return (
    <ul className="why-list webhook-attempts">
      {attempts.map(({ at, ms, status, problem, answer }) => (
        <li key={at}>
          <Time at={at} />{' '}
          {problem === null
            ? t('attemptGood', { status: status ?? '', ms })
            : t('attemptBad', { problem: attemptProblem(problem, language), ms })}
          {answer !== null && answer !== '' && <pre className="webhook-answer">{answer}</pre>}
        </li>
      ))}
    </ul>
  )
}
