import { compareJourneys, isDifferent, type JourneyDetail, type JourneyNode } from '@chaoxi/contract'
import { Table } from 'antd'
import { useT } from '../../i18n/index.ts'
import { useWho } from '../../shell/who.ts'
import { EmptyState, Time } from '../../ui/index.ts'
import { type JourneyNaming, nodeTitle } from '../words/node-words.ts'
import { journeyTexts } from '../words/texts.ts'
import { useJourneyNaming } from '../words/use-journey-naming.ts'
import { InsideLine } from './inside.tsx'
import { ReleaseLine } from './release.tsx'
import { ReviewList } from './review.tsx'

/** What has been published when, and what the draft would change. */
export function Versions({ journey }: { journey: JourneyDetail }) {
  const t = useT(journeyTexts)
  const who = useWho()
  if (journey.versions.length === 0 && journey.reviews.length === 0)
    return <EmptyState title={t('versionsEmpty')} text={t('monitorDraft')} />
  return (
    <div className="stack">
      {journey.live !== null && (
        <section className="panel">
          <h2>{t('compareTitle')}</h2>
          <Difference journey={journey} />
        </section>
      )}
      <InsideLine journey={journey} />
      <section className="data-table">
        <Table
          size="small"
          pagination={false}
          rowKey="version"
          dataSource={journey.versions}
          columns={[
            {
              title: t('version'),
              key: 'version',
              render: (_, { version }) => (
                <>
                  {t('versionLine', { version })}
                  {version === journey.version && <span className="muted"> · {t('versionCurrent')}</span>}
                  {version === journey.version && <ReleaseLine journey={journey} />}
                </>
              ),
            },
            { title: t('versionAt'), key: 'at', render: (_, { publishedAt }) => <Time at={publishedAt} /> },
            { title: t('versionBy'), key: 'by', render: (_, { publishedBy }) => who(publishedBy) },
          ]}
        />
      </section>
      <ReviewList reviews={journey.reviews} />
    </div>
  )
}

function Difference({ journey }: { journey: JourneyDetail }) {
  const t = useT(journeyTexts)
  const naming = useJourneyNaming()
  if (journey.live === null) return null
  const difference = compareJourneys(journey.draft, journey.live)
  if (!isDifferent(difference)) return <p className="muted">{t('compareSame')}</p>
  return (
    <ul className="problem-list">
      {difference.settings && <li>{t('compareSettings')}</li>}
      <Changes label={t('compareAdded')} nodes={difference.added} naming={naming} />
      <Changes label={t('compareChanged')} nodes={difference.changed} naming={naming} />
      <Changes label={t('compareRemoved')} nodes={difference.removed} naming={naming} />
    </ul>
  )
}

function Changes({ label, nodes, naming }: { label: string; nodes: readonly JourneyNode[]; naming: JourneyNaming }) {
  return nodes.map((node) => (
    <li key={node.id}>
      <b>{label}</b> {nodeTitle(node, naming)}
    </li>
  ))
}
