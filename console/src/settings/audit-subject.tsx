import { Link } from '@tanstack/react-router'
import { type RowOf, useEndpoint } from '../api/hooks.ts'
import { useT } from '../i18n/index.ts'
import { texts } from './texts.ts'

type Entry = RowOf<'audit'>

/** Ids of ours tell nobody anything; keys of definitions are names that people gave. */
const isId = (subject: string) => /^[a-z]{3}_[0-9a-z]{26}$/.test(subject)

/** What the entry is about, by its name, as a link to its page where it has one; the id is in the drawer. */
export function AuditSubject({ entry: { action, subject, details } }: { entry: Entry }) {
  const t = useT(texts)
  const noun = action.split('.', 1)[0]
  const journeys = useEndpoint('journeys', {}, { enabled: noun === 'journey' }).data?.items
  const playbooks = useEndpoint('playbooks', {}, { enabled: noun === 'playbook' }).data?.items
  const said = [details.name, details.email].find((value) => typeof value === 'string' && value !== '')
  const known = journeys?.find(({ id }) => id === subject)?.name
  const name = said !== undefined ? String(said) : (known ?? (isId(subject) ? null : subject))
  // An address of the old kind in the clothes of the new.
  if (action === 'session.started') return <span className="muted">{String(details.ip ?? '').replace(/^::ffff:/, '')}</span>
  switch (noun) {
    case 'journey':
      return (
        <Link to="/journeys/$id" params={{ id: subject }}>
          {name ?? subject}
        </Link>
      )
    case 'tag':
      return (
        <Link to="/tags/$key" params={{ key: subject }}>
          {name}
        </Link>
      )
    case 'segment':
      return (
        <Link to="/segments/$key" params={{ key: subject }}>
          {name}
        </Link>
      )
    case 'template':
      return (
        <Link to="/templates/$key" params={{ key: subject }}>
          {name}
        </Link>
      )
    case 'coupon':
      return (
        <Link to="/coupons" search={{ q: subject }}>
          {name}
        </Link>
      )
    case 'webhook_endpoint':
      return (
        <Link to="/settings/endpoints/$key" params={{ key: subject }}>
          {name}
        </Link>
      )
    case 'playbook':
      return (
        <Link to="/playbooks/$key" params={{ key: subject }}>
          {playbooks?.find(({ key }) => key === subject)?.name ?? subject}
        </Link>
      )
    case 'person':
      return (
        <Link to="/people/$id" params={{ id: subject }}>
          {t('auditPerson', { id: subject })}
        </Link>
      )
    default:
      return <span>{name ?? <code className="muted">{subject}</code>}</span>
  }
}
