import type { EventClock, RuleFilter } from '@chaoxi/contract'
import { ClockFields } from './clock-fields.tsx'
import { FilterList } from './filter-list.tsx'
import type { RuleProblem } from './rule-problems.ts'

interface Conditioned {
  readonly event: string
  readonly filters: RuleFilter[]
  readonly clock?: EventClock | undefined
}

interface MatchConditionsProps<Match> {
  match: Match
  /** Of the filters. */
  problems: readonly RuleProblem[]
  onChange: (match: Match) => void
}

/** What an event must be like to count: tests of its properties, and when in the day and the week it happened. */
export function MatchConditions<Match extends Conditioned>({ match, problems, onChange }: MatchConditionsProps<Match>) {
  return (
    <>
      <FilterList
        event={match.event}
        filters={match.filters}
        problems={problems}
        dates
        onChange={(filters) => onChange({ ...match, filters })}
      />
      <ClockFields match={match} onChange={onChange} />
    </>
  )
}
