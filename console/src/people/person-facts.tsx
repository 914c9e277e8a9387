import type { PersonDetail } from '@chaoxi/contract'
import { Link } from '@tanstack/react-router'
import { Tag, Tooltip } from 'antd'
import { useLanguage, useT } from '../i18n/index.ts'
import { propertyName } from '../rules/event-names.ts'
import { useTimeZone } from '../shell/me.ts'
import { formatPhone, formatTime } from '../ui/format.ts'
import { texts as uiTexts } from '../ui/texts.ts'
import { Time } from '../ui/values.tsx'
import { attributeText } from './attribute-text.ts'
import { texts } from './texts.ts'

/** Left of a person's page: who it is. */
export function PersonFacts({ person }: { person: PersonDetail }) {
  const t = useT(texts)
  const ui = useT(uiTexts)
  const language = useLanguage()
  const timeZone = useTimeZone()
  // Phone and e-mail are shown masked as contact; the name is the page's title.
  const attributes = Object.entries(person.attributes).filter(([name]) => !['phone', 'email', 'name'].includes(name))
  return (
    <aside className="stack">
      <section className="panel">
        <h2>{t('tags')}</h2>
        <Memberships items={person.tags} to="/tags/$key" none={t('noTags')} />
        <h2 className="section-title facts-next">{t('segments')}</h2>
        <Memberships items={person.segments} to="/segments/$key" none={t('noSegments')} />
      </section>
      <section className="panel">
        <h2>{t('profile')}</h2>
        <dl className="facts">
          <Fact name={t('userId')} value={person.userId} />
          <Fact name={t('phone')} value={person.phone && formatPhone(person.phone)} />
          <Fact name={t('email')} value={person.email} />
          <dt>{t('firstSeen')}</dt>
          <dd>
            <Time at={person.createdAt} seconds={false} />
          </dd>
          {attributes.map(([name, value]) => (
            <Fact
              key={name}
              name={headed(propertyName(name, language))}
              value={attributeText(value, { true: ui('yes'), false: ui('no'), male: t('male'), female: t('female') }, timeZone)}
            />
          ))}
        </dl>
      </section>
      <section className="panel">
        <h2>
          {t('identities')} <small>{t('identitiesHint')}</small>
        </h2>
        <Identities person={person} />
      </section>
    </aside>
  )
}

/** An attribute's name as the head of its value: "city" as City. */
const headed = (name: string) => name.charAt(0).toUpperCase() + name.slice(1)

function Fact({ name, value }: { name: string; value: string | null }) {
  return (
    <>
      <dt title={name}>{name}</dt>
      <dd title={value ?? undefined}>{value ?? <span className="muted">–</span>}</dd>
    </>
  )
}

function Memberships(props: {
  items: readonly { key: string; name: string; since: string }[]
  to: '/tags/$key' | '/segments/$key'
  none: string
}) {
  const t = useT(texts)
  const timeZone = useTimeZone()
  if (props.items.length === 0) return <span className="muted">{props.none}</span>
  return (
    <div className="row memberships">
      {props.items.map(({ key, name, since }) => (
        <Tooltip key={key} title={t('since', { time: formatTime(since, timeZone, { seconds: false }) })}>
          <Link to={props.to} params={{ key }}>
            <Tag>{name}</Tag>
          </Link>
        </Tooltip>
      ))}
    </div>
  )
}

function Identities({ person }: { person: PersonDetail }) {
  const t = useT(texts)
  const kinds: Record<string, string> = {
    user_id: t('kind_user_id'),
    anonymous_id: t('kind_anonymous_id'),
    phone: t('kind_phone'),
    email: t('kind_email'),
    openid: t('kind_openid'),
    unionid: t('kind_unionid'),
  }
  return (
    <>
      <dl className="facts">
        {person.identities.map(({ kind, value }) => (
          <Fact key={`${kind}:${value}`} name={kinds[kind] ?? kind} value={kind === 'phone' ? formatPhone(value) : value} />
        ))}
      </dl>
      {person.mergedFrom.length > 0 && (
        <>
          <h2 className="section-title facts-next">{t('merged')}</h2>
          <dl className="facts">
            {person.mergedFrom.map(({ personId, at }) => (
              <FactTime key={personId} name={t('mergedOne', { id: personId })} at={at} />
            ))}
          </dl>
        </>
      )}
    </>
  )
}

function FactTime({ name, at }: { name: string; at: string }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>
        <Time at={at} seconds={false} />
      </dd>
    </>
  )
}
