import type { PersonDetail } from '@chaoxi/contract'
import { Link } from '@tanstack/react-router'
import { Tooltip } from 'antd'
import type { ReactNode } from 'react'
import { useLanguage, useT } from '../i18n/index.ts'
import { eventName, propertyName } from '../rules/event-names.ts'
import { useTimeZone } from '../shell/me.ts'
import { formatPhone, formatTime } from '../ui/format.ts'
import { texts as uiTexts } from '../ui/texts.ts'
import { Time } from '../ui/values.tsx'
import { attributeText } from './attribute-text.ts'
import { texts as identityTexts } from './identity-texts.ts'
import { identifierText, useKindName } from './person-identity.tsx'
import { Memberships } from './person-why.tsx'
import { texts } from './texts.ts'

/** Identifiers beside the page; the rest is a click away. */
const identitiesShown = 8

/** Left of a person's page: who it is. */
export function PersonFacts({ person }: { person: PersonDetail }) {
  const t = useT(texts)
  const ui = useT(uiTexts)
  const language = useLanguage()
  const timeZone = useTimeZone()
  const sourceText = useSourceText()
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
              source={sourceText(person.attributeSources[name])}
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

function Fact({ name, value, source }: { name: string; value: string | null; source?: ReactNode }) {
  return (
    <>
      <dt title={name}>{name}</dt>
      {source === undefined ? (
        <dd title={value ?? undefined}>{value ?? <span className="muted">–</span>}</dd>
      ) : (
        <Tooltip title={source}>
          <dd className="sourced">{value ?? <span className="muted">–</span>}</dd>
        </Tooltip>
      )}
    </>
  )
}

/** When an attribute was said, and by what: 「注册资料」经小程序、文件导入. */
function useSourceText(): (source: PersonDetail['attributeSources'][string] | undefined) => string | undefined {
  const t = useT(identityTexts)
  const language = useLanguage()
  const timeZone = useTimeZone()
  return (source) => {
    if (source === undefined) return undefined
    const time = formatTime(source.at, timeZone, { seconds: false })
    if (source.cause === null) return t('saidAt', { time })
    const { event, library } = source.cause
    const name = eventName(event, language)
    if (library === '') return t('saidByEvent', { time, event: name })
    const journey = /^chaoxi-journey:(.*)$/.exec(library)?.[1]
    if (journey !== undefined) return t('saidBy', { time, event: name, library: t('libraryJourney', { journey }) })
    return t('saidBy', { time, event: name, library: library === 'chaoxi-import' ? t('libraryImport') : library })
  }
}

function Identities({ person }: { person: PersonDetail }) {
  const t = useT(identityTexts)
  const kindName = useKindName()
  return (
    <>
      <dl className="facts">
        {person.identities.slice(0, identitiesShown).map(({ kind, value }) => (
          <Fact key={`${kind}:${value}`} name={kindName(kind)} value={identifierText(kind, value)} />
        ))}
      </dl>
      <Link to="/people/$id" params={{ id: String(person.id) }} search={{ tab: 'identity' }} className="facts-more">
        {t('all')}
      </Link>
    </>
  )
}
