import type { Playbook, PlaybookPart, PlaybookSummary } from '@chaoxi/contract'
import { Link, useParams } from '@tanstack/react-router'
import { Segmented } from 'antd'
import { useMemo, useState } from 'react'
import { useEndpoint } from '../api/hooks.ts'
import { useLanguage, useT } from '../i18n/index.ts'
import { FlowCanvas } from '../journeys/canvas/flow-canvas.tsx'
import type { JourneyNaming } from '../journeys/words/node-words.ts'
import { useJourneyNaming } from '../journeys/words/use-journey-naming.ts'
import { eventName, propertyName } from '../rules/event-names.ts'
import { useCan } from '../shell/me.ts'
import { EmptyState, formatNumber, Loaded, PageHeader, StateText, ToneText } from '../ui/index.ts'
import { InstallButton } from './install.tsx'
import './playbooks.css'
import { neededAttributes, neededEvents, wordsOf } from './playbook-words.ts'
import { playbookTexts } from './texts.ts'

const noProblems = [] as const

/** A playbook before it is installed: what it does, says and needs. */
export function PlaybookPage() {
  const t = useT(playbookTexts)
  const language = useLanguage()
  const { key } = useParams({ from: '/shell/playbooks/$key' })
  const query = useEndpoint('playbook', { params: { key } })
  const listed = useEndpoint('playbooks')
  const canInstall = useCan('journeys.write')
  return (
    <Loaded query={listed}>
      {({ items }) => {
        const summary = items.find((one) => one.key === key)
        if (summary === undefined) return <EmptyState title={t('notThere')} />
        const { name, description } = wordsOf(summary, language)
        return (
          <>
            <PageHeader
              title={name}
              subtitle={description}
              back={{ to: '/playbooks', label: t('title') }}
              extra={
                summary.installed && (
                  <>
                    <StateText state="active" label={t('installed')} /> <Installed playbook={summary} />
                  </>
                )
              }
              actions={canInstall && <InstallButton playbook={summary} />}
            />
            <Loaded query={query}>{(playbook) => <Contents playbook={playbook} summary={summary} />}</Loaded>
          </>
        )
      }}
    </Loaded>
  )
}

function Installed({ playbook: { name, parts } }: { playbook: PlaybookSummary }) {
  const t = useT(playbookTexts)
  if (parts.journeys === 0) return <Link to="/tags">{t('openTags')}</Link>
  return (
    <Link to="/journeys" search={parts.journeys === 1 ? { q: name } : {}}>
      {t('open')}
    </Link>
  )
}

function Contents({ playbook, summary }: { playbook: Playbook; summary: PlaybookSummary }) {
  return (
    <div className="playbook-page">
      <div className="stack">
        {playbook.journeys.length > 0 && <Drawings playbook={playbook} />}
        {playbook.templates.length > 0 && <Messages templates={playbook.templates} />}
        {playbook.journeys.length === 0 && <Tags tags={playbook.tags} />}
      </div>
      <aside className="stack">
        <About summary={summary} />
        <Needs summary={summary} />
        <Along playbook={playbook} />
      </aside>
    </div>
  )
}

/** Names as the file has them: what is not installed yet has no others. */
function usePlaybookNaming(playbook: Playbook): JourneyNaming {
  const naming = useJourneyNaming()
  return useMemo(() => {
    const named = (things: readonly { key: string; name: string }[], otherwise: (key: string) => string) => {
      const names = new Map(things.map(({ key, name }) => [key, name]))
      return (key: string) => names.get(key) ?? otherwise(key)
    }
    return {
      ...naming,
      template: named(playbook.templates, naming.template),
      coupon: named(playbook.coupons, naming.coupon),
      tag: named(playbook.tags, naming.tag),
      segment: named(playbook.segments, naming.segment),
      journey: named(playbook.journeys, naming.journey),
    }
  }, [naming, playbook])
}

function Drawings({ playbook }: { playbook: Playbook }) {
  const t = useT(playbookTexts)
  const naming = usePlaybookNaming(playbook)
  const [chosen, setChosen] = useState(playbook.journeys[0]?.key ?? '')
  const journey = playbook.journeys.find(({ key }) => key === chosen) ?? playbook.journeys[0]
  if (journey === undefined) return null
  return (
    <section>
      <h2 className="section-title">{t('flow')}</h2>
      {playbook.journeys.length > 1 && (
        <Segmented
          className="playbook-scenes"
          value={journey.key}
          onChange={setChosen}
          options={playbook.journeys.map(({ key, name }) => ({ value: key, label: name }))}
        />
      )}
      {playbook.journeys.length > 1 && naming.language === 'zh' && <p className="muted playbook-told">{journey.description}</p>}
      <div className="journey-board playbook-board">
        <div className="journey-canvas">
          <FlowCanvas key={journey.key} definition={journey.definition} naming={naming} problems={noProblems} onSelect={() => {}} />
        </div>
      </div>
    </section>
  )
}

function Messages({ templates }: { templates: Playbook['templates'] }) {
  const t = useT(playbookTexts)
  return (
    <section>
      <h2 className="section-title">{t('messages')}</h2>
      <p className="muted playbook-told">{t('messagesHint')}</p>
      <ul className="playbook-messages">
        {templates.map(({ key, name, content }) => (
          <li key={key} className="panel">
            <h3>
              {name} <span className="muted">{t(content.kind === 'sms' ? 'sms' : 'popup')}</span>
            </h3>
            {content.kind === 'sms' ? (
              <p>{content.text}</p>
            ) : (
              <p>
                <b>{content.title}</b>
                <br />
                {content.body}
                <br />
                <span className="playbook-button">{content.button}</span>
              </p>
            )}
          </li>
        ))}
      </ul>
    </section>
  )
}

function Tags({ tags }: { tags: Playbook['tags'] }) {
  const t = useT(playbookTexts)
  return (
    <section>
      <h2 className="section-title">{t('tagList')}</h2>
      <ul className="playbook-messages">
        {tags.map(({ key, name, description }) => (
          <li key={key} className="panel">
            <h3>{name}</h3>
            <p>{description}</p>
          </li>
        ))}
      </ul>
    </section>
  )
}

function About({ summary }: { summary: PlaybookSummary }) {
  const t = useT(playbookTexts)
  const { audience, effect, setup } = wordsOf(summary, useLanguage())
  const told = [
    [t('audience'), audience],
    [t('effect'), effect],
    [t('setup'), setup],
  ].filter(([, text]) => text !== '')
  if (told.length === 0) return null
  return (
    <section className="panel playbook-about">
      {told.map(([title, text]) => (
        <div key={title}>
          <h3>{title}</h3>
          <p>{text}</p>
        </div>
      ))}
    </section>
  )
}

function Needs({ summary }: { summary: PlaybookSummary }) {
  const t = useT(playbookTexts)
  const language = useLanguage()
  const catalogue = useEndpoint('catalogue').data
  const events = neededEvents(summary, catalogue)
  const attributes = neededAttributes(summary, catalogue)
  if (events.length + attributes.length === 0) return null
  return (
    <section className="panel">
      <h2>{t('needs')}</h2>
      <ul className="playbook-list">
        {events.map(({ name, starts, count }) => (
          <li key={name}>
            <span>
              {eventName(name, language)} {starts && <span className="muted">{t('starts')}</span>}
            </span>
            {count !== null && count > 0 && <ToneText tone="good">{t('received', { count: formatNumber(count, language) })}</ToneText>}
            {count === 0 && <ToneText tone={starts ? 'warn' : 'calm'}>{t('neverReceived')}</ToneText>}
          </li>
        ))}
        {attributes.map(({ name, isKnown }) => (
          <li key={name}>
            <span>
              {propertyName(name, language)} <span className="muted">{t('attribute')}</span>
            </span>
            {isKnown !== null && <ToneText tone={isKnown ? 'good' : 'warn'}>{t(isKnown ? 'attributeKnown' : 'neverReceived')}</ToneText>}
          </li>
        ))}
      </ul>
    </section>
  )
}

/** What it brings along, and what the workspace has already under the same keys. */
function Along({ playbook }: { playbook: Playbook }) {
  const t = useT(playbookTexts)
  const there: Record<PlaybookPart, ReadonlySet<string> | null> = {
    journeys: keysOf(useEndpoint('journeys').data),
    templates: keysOf(useEndpoint('templates').data),
    tags: keysOf(useEndpoint('tags').data),
    segments: keysOf(useEndpoint('segments').data),
    coupons: keysOf(useEndpoint('coupons').data),
  }
  const kinds = (['journeys', 'templates', 'tags', 'segments', 'coupons'] as const).filter((part) => playbook[part].length > 0)
  return (
    <section className="panel">
      <h2>{t('along')}</h2>
      {kinds.map((part) => (
        <div key={part}>
          <h3>{t(`along_${part}`)}</h3>
          <ul className="playbook-list">
            {playbook[part].map(({ key, name }) => (
              <li key={key}>
                <span>{name}</span>
                {there[part]?.has(key) && <ToneText tone="calm">{t('kept')}</ToneText>}
              </li>
            ))}
          </ul>
        </div>
      ))}
    </section>
  )
}

const keysOf = (listed: { items: readonly { key: string }[] } | undefined) =>
  listed === undefined ? null : new Set(listed.items.map(({ key }) => key))
