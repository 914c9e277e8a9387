import type { IdentityHistory, PersonDetail } from '@chaoxi/contract'
import { Link } from '@tanstack/react-router'
import { Table, type TableColumnsType } from 'antd'
import { useMemo } from 'react'
import { useEndpoint } from '../api/hooks.ts'
import { type Translate, useT } from '../i18n/index.ts'
import { useCan, useTimeZone } from '../shell/me.ts'
import { useWho } from '../shell/who.ts'
import { formatPhone, formatTime } from '../ui/format.ts'
import { personName } from '../ui/person-link.tsx'
import { Loaded } from '../ui/states.tsx'
import { texts as uiTexts } from '../ui/texts.ts'
import { Time } from '../ui/values.tsx'
import { texts } from './identity-texts.ts'
import { SplitPerson } from './split-person.tsx'
import { texts as peopleTexts } from './texts.ts'

type Identity = PersonDetail['identities'][number]
type Merge = IdentityHistory['merges'][number]
type Decision = IdentityHistory['decisions'][number]
type Party = Merge['from']

const kinds = ['user_id', 'anonymous_id', 'phone', 'email', 'openid', 'unionid'] as const
const vias = ['new', 'alias', 'hand', ...kinds] as const
const reasons = ['device', 'phone', 'email', 'openid', 'unionid', 'alias', 'hand'] as const
const among = <T extends string>(names: readonly T[], name: string): T | null => names.find((one) => one === name) ?? null

export function useKindName(): (kind: string) => string {
  const t = useT(peopleTexts)
  return (kind) => {
    const known = among(kinds, kind)
    return known === null ? kind : t(`kind_${known}`)
  }
}

export const identifierText = (kind: string, value: string) => (kind === 'phone' ? formatPhone(value) : value)

/** By which names a person is known, how it came to be one, and what could have joined it to others and did not. */
export function PersonIdentity({ person }: { person: PersonDetail }) {
  const t = useT(texts)
  const kindName = useKindName()
  const history = useEndpoint('personIdentity', { params: { id: person.id } })
  const columns = useMemo(() => columnsOf(t, kindName, person.id), [t, kindName, person.id])
  return (
    <div className="stack">
      <Table<Identity>
        size="small"
        pagination={false}
        rowKey={(one) => `${one.kind}:${one.value}`}
        columns={columns}
        dataSource={person.identities}
        scroll={{ x: 'max-content' }}
      />
      <Loaded query={history}>
        {({ merges, decisions }) => (
          <>
            <section>
              <h2 className="section-title">{t('merges')}</h2>
              {merges.length === 0 ? <p className="muted">{t('mergesEmpty')}</p> : <Merges merges={merges} personId={person.id} />}
            </section>
            <section>
              <h2 className="section-title">{t('decisions')}</h2>
              {decisions.length === 0 ? (
                <p className="muted">{t('decisionsEmpty')}</p>
              ) : (
                <Decisions decisions={decisions} personId={person.id} />
              )}
            </section>
          </>
        )}
      </Loaded>
    </div>
  )
}

function columnsOf(t: Translate<keyof typeof texts>, kindName: (kind: string) => string, personId: number): TableColumnsType<Identity> {
  return [
    { title: t('identifier'), dataIndex: 'kind', render: (kind: string) => kindName(kind) },
    {
      title: t('value'),
      key: 'value',
      className: 'num',
      render: (_, one) => <span className="identifier">{identifierText(one.kind, one.value)}</span>,
    },
    {
      title: t('seen'),
      key: 'seen',
      render: (_, { firstSeenAt, lastSeenAt }) =>
        firstSeenAt === null ? (
          <span className="muted">–</span>
        ) : (
          <>
            <Time at={firstSeenAt} seconds={false} />
            <br />
            <Time at={lastSeenAt} seconds={false} />
          </>
        ),
    },
    {
      title: t('linked'),
      key: 'linked',
      render: (_, { via, number, linkedAt }) => {
        const known = among(vias, via)
        return (
          <>
            {known === null ? via : t(`via_${known}`)}
            <div className="muted">
              {number !== personId && <>{t('cameWith', { number })} · </>}
              <Time at={linkedAt} seconds={false} />
            </div>
          </>
        )
      },
    },
  ]
}

function usePartyName(): (party: Party) => string {
  const names = useT(uiTexts)
  // A number that lives on in another person has no name of its own.
  return ({ number, person }) => {
    if (person === null || person.id !== number) return `#${number}`
    const isNamed = [person.name, person.phone, person.email, person.userId].some((one) => one !== null && one !== '')
    return isNamed ? `${personName(person, names)} #${number}` : `#${number}`
  }
}

/** The people of a line who are not this one, to be opened. */
function Others({ parties, personId }: { parties: readonly Party[]; personId: number }) {
  const name = usePartyName()
  const others = parties.filter(({ person }) => person !== null && person.id !== personId)
  return others.map((party) => (
    <span key={party.number}>
      {' · '}
      <Link to="/people/$id" params={{ id: String(party.person?.id ?? party.number) }} search={{ tab: 'identity' }}>
        {name(party)}
      </Link>
    </span>
  ))
}

function Merges({ merges, personId }: { merges: readonly Merge[]; personId: number }) {
  const t = useT(texts)
  const name = usePartyName()
  const who = useWho()
  const timeZone = useTimeZone()
  const mayWrite = useCan('people.write')
  return (
    <ul className="plain-list">
      {merges.map((merge) => {
        const reason = among(reasons, merge.reason)
        return (
          <li key={merge.id}>
            <div className="row identity-line">
              <Time at={merge.at} seconds={false} />
              <span className={merge.undone === null ? '' : 'struck'}>
                {t('mergedInto', { from: name(merge.from), into: name(merge.into) })}
              </span>
              <span className="muted">{reason === null ? merge.reason : t(`reason_${reason}`)}</span>
              {merge.open && mayWrite && <SplitPerson personId={personId} merge={merge} />}
            </div>
            {merge.undone !== null && (
              <div className="muted">
                {t('undone', {
                  time: formatTime(merge.undone.at, timeZone, { seconds: false }),
                  who: who(merge.undone.by) || t('someone'),
                  note: merge.undone.note,
                })}
                <Others parties={[merge.from, merge.into]} personId={personId} />
              </div>
            )}
          </li>
        )
      })}
    </ul>
  )
}

function Decisions({ decisions, personId }: { decisions: readonly Decision[]; personId: number }) {
  const t = useT(texts)
  const name = usePartyName()
  const kindName = useKindName()
  const timeZone = useTimeZone()
  return (
    <ul className="plain-list">
      {decisions.map(({ kind, person, other, identifier, lastAt, times }) => (
        <li key={[kind, person.number, other.number, identifier.kind, identifier.value].join(':')}>
          <div>
            {t(kind, {
              person: name(person),
              other: name(other),
              identifier: `${kindName(identifier.kind)} ${identifierText(identifier.kind, identifier.value)}`,
            })}
          </div>
          <div className="muted">
            {t(times === 1 ? 'once' : 'times', { count: times, time: formatTime(lastAt, timeZone, { seconds: false }) })}
            <Others parties={[person, other]} personId={personId} />
          </div>
        </li>
      ))}
    </ul>
  )
}
