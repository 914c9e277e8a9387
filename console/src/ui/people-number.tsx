import type { CallInput } from '@chaoxi/contract'
import { Link } from '@tanstack/react-router'
import { Num } from './values.tsx'

/** The filters of the list of people. */
export type PeopleSearch = Omit<NonNullable<CallInput<'people'>['query']>, 'cursor' | 'limit'>

/** A number of people that opens the list of them; nobody needs no list. */
export function PeopleNumber({ value, search, short = false }: { value: number; search: PeopleSearch; short?: boolean }) {
  if (value === 0) return <Num value={value} />
  return (
    <Link to="/people" search={search}>
      <Num value={value} short={short} />
    </Link>
  )
}
