import type { PersonJourney } from '@chaoxi/contract'
import { Link } from '@tanstack/react-router'
import { useList } from '../../api/hooks.ts'
import { DataTable, StateText, TimeAgo, ToneText } from '../../ui/index.ts'
import { reasonWords } from '../words/reason-words.ts'
import { runStateNames } from '../words/run-states.ts'
import { resultWords } from '../words/step-words.ts'
import { refusalWord } from '../words/trigger-words.ts'
import { useWords } from './use-words.ts'

const refreshMs = 5_000

/** What every published journey did or did not do with one customer. */
export function PersonJourneys({ personId }: { personId: number }) {
  const { t } = useWords()
  const list = useList('personJourneys', { params: { id: personId } }, { refreshMs })
  return (
    <DataTable<PersonJourney>
      list={list}
      rowKey={({ journey }) => journey.id}
      columns={[
        {
          title: t('journeyName'),
          key: 'journey',
          width: 220,
          render: (_, { journey }) => (
            <Link to="/journeys/$id" params={{ id: journey.id }} search={{ tab: 'why', person: String(personId) }}>
              {journey.name}
            </Link>
          ),
        },
        { title: t('journeyDid'), key: 'did', render: (_, row) => <Did row={row} /> },
        {
          title: '',
          key: 'why',
          width: 90,
          render: (_, { journey }) => (
            <Link to="/journeys/$id" params={{ id: journey.id }} search={{ tab: 'why', person: String(personId) }}>
              {t('journeyWhy')}
            </Link>
          ),
        },
      ]}
      empty={{ title: t('journeysNone'), text: t('journeysNoneText') }}
    />
  )
}

function Did({ row: { entered, last, refused } }: { row: PersonJourney }) {
  const { t, naming } = useWords()
  if (last === null && refused === null) return <span className="muted">{t('journeyNothing')}</span>
  return (
    <>
      {last !== null && (
        <div>
          <StateText state={runStateNames[last.state]} /> {t('journeyTimes', { count: entered })}
          <TimeAgo at={last.enteredAt} />
          {last.result !== null && (
            <span className="muted"> · {(last.state === 'failed' ? reasonWords : resultWords)(last.result, naming.language)}</span>
          )}
        </div>
      )}
      {refused !== null && (
        <div>
          <ToneText tone="warn">
            {t('journeyRefused', { count: refused.count, reason: refusalWord(refused.reason, naming.language) })}
          </ToneText>{' '}
          <TimeAgo at={refused.at} />
        </div>
      )}
    </>
  )
}
