import type { Output } from '@chaoxi/contract'
import { Link, useNavigate } from '@tanstack/react-router'
import { useEndpoint, useMutate } from '../api/hooks.ts'
import { useT } from '../i18n/index.ts'
import { useCan } from '../shell/me.ts'
import { ConfirmAction, EmptyState, Loaded, PageHeader, SearchBox, StateText, useFilters } from '../ui/index.ts'
import './playbooks.css'
import { playbookTexts } from './texts.ts'

type Playbook = Output<'playbooks'>['items'][number]

export function PlaybooksPage() {
  const t = useT(playbookTexts)
  const query = useEndpoint('playbooks')
  const [filters, setFilters] = useFilters({ q: '' })
  const wanted = filters.q.trim().toLowerCase()
  return (
    <>
      <PageHeader
        title={t('title')}
        subtitle={t('subtitle')}
        actions={<SearchBox value={filters.q} onChange={(q) => setFilters({ q })} placeholder={t('search')} />}
      />
      <Loaded query={query}>
        {({ items }) => {
          const shown = items.filter((playbook) =>
            `${playbook.name} ${playbook.description} ${playbook.key}`.toLowerCase().includes(wanted),
          )
          if (items.length === 0) return <EmptyState title={t('emptyTitle')} text={t('emptyText')} />
          if (shown.length === 0) return <EmptyState title={t('noMatch')} />
          return (
            <ul className="playbooks">
              {shown.map((playbook) => (
                <Card key={playbook.key} playbook={playbook} />
              ))}
            </ul>
          )
        }}
      </Loaded>
    </>
  )
}

function Card({ playbook }: { playbook: Playbook }) {
  const t = useT(playbookTexts)
  const navigate = useNavigate()
  const canInstall = useCan('journeys.write')
  const install = useMutate('playbookInstall', { refresh: ['playbooks', 'journeys', 'templates', 'tags', 'segments', 'coupons'] })
  const parts = { journeys: playbook.journeys, templates: playbook.templates, tags: playbook.tags }
  const run = async () => {
    const { journeyIds } = await install.mutateAsync({ params: { key: playbook.key } })
    const [only, ...others] = journeyIds
    if (only === undefined) await navigate({ to: '/tags' })
    else if (others.length === 0) await navigate({ to: '/journeys/$id', params: { id: only } })
    else await navigate({ to: '/journeys' })
  }
  return (
    <li className="panel playbook">
      <h2>
        {playbook.name}
        {playbook.installed && <StateText state="active" label={t('installed')} />}
      </h2>
      <p>{playbook.description}</p>
      <div className="playbook-foot">
        <span className="muted playbook-parts">
          {parts.journeys > 0 && <span>{t('partJourneys', parts)}</span>}
          {parts.templates > 0 && <span>{t('partTemplates', parts)}</span>}
          {parts.tags > 0 && <span>{t('partTags', parts)}</span>}
        </span>
        <span className="row">
          {playbook.installed && playbook.journeys > 0 && (
            <Link to="/journeys" search={{ q: playbook.name }}>
              {t('open')}
            </Link>
          )}
          {playbook.installed && playbook.journeys === 0 && <Link to="/tags">{t('openTags')}</Link>}
          {canInstall && (
            <ConfirmAction
              type={playbook.installed ? 'default' : 'primary'}
              title={t('confirm', { name: playbook.name })}
              text={t(parts.journeys > 0 ? 'confirmText' : 'confirmTags', parts)}
              doIt={t('install')}
              done={t(parts.journeys > 0 ? 'done' : 'doneTags')}
              run={run}
            >
              {t(playbook.installed ? 'reinstall' : 'install')}
            </ConfirmAction>
          )}
        </span>
      </div>
    </li>
  )
}
