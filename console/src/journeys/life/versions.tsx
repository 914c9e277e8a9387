import type { JourneyDetail } from '@chaoxi/contract'
import { Table } from 'antd'
import { useT } from '../../i18n/index.ts'
import { useWho } from '../../shell/who.ts'
import { EmptyState, Time } from '../../ui/index.ts'
import { journeyTexts } from '../words/texts.ts'
import { Differences } from './differences.tsx'
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
      {journey.versions.length > 0 && (
        <section className="panel">
          <h2>{t('compareTitle')}</h2>
          <Differences journey={journey} />
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
