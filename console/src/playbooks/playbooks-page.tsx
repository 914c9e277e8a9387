import { type PlaybookSummary, playbookScenes } from '@chaoxi/contract'
import { Link } from '@tanstack/react-router'
import { Segmented } from 'antd'
import { useEndpoint } from '../api/hooks.ts'
import { useLanguage, useT } from '../i18n/index.ts'
import { eventName, propertyName } from '../rules/event-names.ts'
import { EmptyState, Loaded, PageHeader, SearchBox, StateText, ToneText, useFilters } from '../ui/index.ts'
import './playbooks.css'
import { isFound, neededAttributes, neededEvents, wordsOf } from './playbook-words.ts'
import { playbookTexts } from './texts.ts'

/** Ready ways of working, by what they are for. */
export function PlaybooksPage() {
  const t = useT(playbookTexts)
  const query = useEndpoint('playbooks')
  const [filters, setFilters] = useFilters({ q: '', scene: '' })
  return (
    <>
      <PageHeader
        title={t('title')}
        subtitle={t('subtitle')}
        actions={<SearchBox value={filters.q} onChange={(q) => setFilters({ q })} placeholder={t('search')} />}
      />
      <Loaded query={query}>
        {({ items }) => {
          if (items.length === 0) return <EmptyState title={t('emptyTitle')} text={t('emptyText')} />
          const found = items.filter((playbook) => isFound(playbook, filters.q))
          const scenes = playbookScenes
            .map((scene) => ({ scene, own: found.filter((playbook) => playbook.scene === scene) }))
            .filter(({ own }) => own.length > 0)
          const shown = scenes.filter(({ scene }) => filters.scene === '' || filters.scene === scene)
          return (
            <>
              <Segmented
                className="playbook-scenes"
                value={filters.scene}
                onChange={(scene) => setFilters({ scene })}
                options={[
                  { value: '', label: `${t('allScenes')} ${found.length}` },
                  ...playbookScenes.map((scene) => ({
                    value: scene,
                    label: `${t(`scene_${scene}`)} ${found.filter((playbook) => playbook.scene === scene).length}`,
                  })),
                ]}
              />
              {shown.length === 0 && <EmptyState title={t('noMatch')} />}
              {shown.map(({ scene, own }) => (
                <section key={scene}>
                  <h2 className="section-title">{t(`scene_${scene}`)}</h2>
                  <ul className="playbooks">
                    {own.map((playbook) => (
                      <Card key={playbook.key} playbook={playbook} />
                    ))}
                  </ul>
                </section>
              ))}
            </>
          )
        }}
      </Loaded>
    </>
  )
}

function Card({ playbook }: { playbook: PlaybookSummary }) {
  const t = useT(playbookTexts)
  const language = useLanguage()
  const { name, description } = wordsOf(playbook, language)
  return (
    <li className="playbook">
      <Link to="/playbooks/$key" params={{ key: playbook.key }} className="panel playbook-card">
        <h3>
          {name}
          {playbook.installed && <StateText state="active" label={t('installed')} />}
        </h3>
        <p>{description}</p>
        <Readiness playbook={playbook} />
        <div className="muted playbook-parts">
          <Parts playbook={playbook} />
        </div>
      </Link>
    </li>
  )
}

const partTexts = {
  journeys: 'partJourneys',
  templates: 'partTemplates',
  tags: 'partTags',
  segments: 'partSegments',
  coupons: 'partCoupons',
} as const
const partNames = ['journeys', 'templates', 'tags', 'segments', 'coupons'] as const

function Parts({ playbook: { parts } }: { playbook: PlaybookSummary }) {
  const t = useT(playbookTexts)
  return partNames.filter((part) => parts[part] > 0).map((part) => <span key={part}>{t(partTexts[part], { count: parts[part] })}</span>)
}

/** Whether what it begins with has ever come in. */
function Readiness({ playbook }: { playbook: PlaybookSummary }) {
  const t = useT(playbookTexts)
  const language = useLanguage()
  const catalogue = useEndpoint('catalogue').data
  if (playbook.parts.journeys === 0 || catalogue === undefined) return <div className="playbook-ready" />
  const events = neededEvents(playbook, catalogue).filter(({ count }) => count === 0)
  const attributes = neededAttributes(playbook, catalogue).filter(({ isKnown }) => !isKnown)
  const names = [...events.map(({ name }) => eventName(name, language)), ...attributes.map(({ name }) => propertyName(name, language))]
  const isHindered = attributes.length > 0 || events.some(({ starts }) => starts)
  return (
    <div className="playbook-ready">
      {names.length === 0 ? (
        <ToneText tone="good">{t('ready')}</ToneText>
      ) : (
        <ToneText tone={isHindered ? 'warn' : 'calm'}>{t('missing', { names: names.join(t('listSeparator')) })}</ToneText>
      )}
    </div>
  )
}
