import type { PersonSummary } from '@chaoxi/contract'
import { Link } from '@tanstack/react-router'
import { type Translate, useT } from '../i18n/index.ts'
import { formatPhone } from './format.ts'
import { texts } from './texts.ts'

/** How a person is called where there is room for one word: the name, else what identifies them. Phones come masked from the API. */
export function personName(
  person: Pick<PersonSummary, 'id' | 'name' | 'userId' | 'phone' | 'email'>,
  t: Translate<keyof typeof texts>,
): string {
  return person.name || (person.phone && formatPhone(person.phone)) || person.email || person.userId || t('anonymous', { id: person.id })
}

export function PersonLink({ person }: { person: PersonSummary }) {
  const t = useT(texts)
  return (
    <Link to="/people/$id" params={{ id: String(person.id) }} className="person-link">
      {personName(person, t)}
    </Link>
  )
}
