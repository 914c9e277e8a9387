import type { Portrait, Trait } from '@chaoxi/contract'
import { Segmented } from 'antd'
import { useEndpoint } from '../api/hooks.ts'
import { useLanguage, useT } from '../i18n/index.ts'
import { propertyName } from '../rules/event-names.ts'
import { EmptyState, formatNumber, formatRate, Loaded, Num, PeopleNumber, Stat } from '../ui/index.ts'
import { DefinitionSelect } from './definition-select.tsx'
import { type FigureRow, Figures } from './figures.tsx'
import type { InsightFilters, SetInsightFilters } from './insight-page.tsx'
import { type DefinitionRef, textOfRef } from './names.ts'
import { insightTexts } from './texts.ts'
import { type Standout, standouts, tagSearch, valueSearch, valueWords } from './trait-words.ts'

interface Props {
  of: DefinitionRef
  filters: InsightFilters
  setFilters: SetInsightFilters
}

/** How attributes and tags are spread among the people of the group, against everyone or another group. */
export function PortraitView({ of, filters, setFilters }: Props) {
  const t = useT(insightTexts)
  const shares = filters.shares === 'known' ? 'known' : 'all'
  const against = filters.against === '' ? 'everyone' : filters.against
  const query = useEndpoint('portrait', { params: of, query: { against, shares } })
  return (
    <div className="stack">
      <div className="row">
        <span className="muted">{t('against')}</span>
        <DefinitionSelect
          value={filters.against}
          onChange={(value) => setFilters({ against: value })}
          label={t('against')}
          everyone={t('everyone')}
          without={textOfRef(of)}
        />
        <span className="muted">{t('shares')}</span>
        <Segmented
          value={shares}
          aria-label={t('shares')}
          onChange={(value) => setFilters({ shares: value === 'known' ? 'known' : '' })}
          options={[
            { value: 'all', label: t('sharesAll') },
            { value: 'known', label: t('sharesKnown') },
          ]}
        />
      </div>
      <Loaded query={query} rows={12}>
        {(portrait) => <Shown portrait={portrait} />}
      </Loaded>
    </div>
  )
}

function Shown({ portrait }: { portrait: Portrait }) {
  const t = useT(insightTexts)
  const language = useLanguage()
  const { of, against, size, baseSize, attributes, tags, leftOut } = portrait
  if (size === 0)
    return (
      <div className="panel">
        <EmptyState title={t('emptyGroupTitle')} text={t('emptyGroupText')} />
      </div>
    )
  const group = textOfRef(of)
  return (
    <>
      <div className="stats">
        <Stat label={`${t('groupSize')} · ${of.name}`}>
          <PeopleNumber value={size} search={{ in: group }} />
        </Stat>
        <Stat label={`${t('baseSize')} · ${against?.name ?? t('everyone')}`}>
          {against === null ? <Num value={baseSize} /> : <PeopleNumber value={baseSize} search={{ in: textOfRef(against) }} />}
        </Stat>
      </div>
      <StandsOut portrait={portrait} />
      {attributes.length === 0 && <p className="muted">{t('noTraits')}</p>}
      <div className="traits">
        {attributes.map((trait) => (
          <TraitPanel key={trait.name} trait={trait} group={group} size={size} />
        ))}
        <section className="panel">
          <h2>{t('tagTraits')}</h2>
          {tags.length === 0 ? (
            <p className="muted">{t('noTags')}</p>
          ) : (
            <Figures
              head={t('tagTraits')}
              rows={tags.map((figure) => ({
                key: `${figure.key} ${figure.value}`,
                words: figure.value === '' ? figure.name : `${figure.name}：${figure.value}`,
                figure,
                search: tagSearch(group, figure),
              }))}
            />
          )}
        </section>
      </div>
      {leftOut.length > 0 && (
        <p className="muted">
          {t('leftOut')}
          {leftOut
            .map(({ name, reason }) => t('bracketed', { name: propertyName(name, language), reason: t(`left_${reason}`) }))
            .join(language === 'zh' ? '、' : ', ')}
        </p>
      )}
    </>
  )
}

function TraitPanel({ trait, group, size }: { trait: Trait; group: string; size: number }) {
  const t = useT(insightTexts)
  const language = useLanguage()
  const rows: FigureRow[] = trait.values.map((figure) => ({
    key: String(figure.value ?? figure.from),
    words: valueWords(trait.type, figure, t, language),
    figure,
    search: valueSearch(group, trait, figure),
  }))
  if (trait.others !== null) rows.push({ key: 'others ', words: t('others'), figure: trait.others, search: null })
  return (
    <section className="panel">
      <h2>
        {propertyName(trait.name, language)}
        <small>{t('known', { count: formatNumber(trait.known, language), rate: formatRate(trait.known / size) })}</small>
      </h2>
      <Figures head={propertyName(trait.name, language)} rows={rows} />
    </section>
  )
}

function StandsOut({ portrait }: { portrait: Portrait }) {
  const t = useT(insightTexts)
  const language = useLanguage()
  const { over, under } = standouts(portrait, t, language)
  const rows = (list: readonly Standout[]): FigureRow[] => list.map((one) => ({ key: one.words, ...one }))
  return (
    <section className="panel">
      <h2>
        {t('standsOut')}
        <small>{t('standsOutHint')}</small>
      </h2>
      {over.length + under.length === 0 ? (
        <p className="muted">{t('standsOutNone')}</p>
      ) : (
        <div className="traits">
          {over.length > 0 && <Figures head={t('over')} rows={rows(over)} />}
          {under.length > 0 && <Figures head={t('under')} rows={rows(under)} />}
        </div>
      )}
    </section>
  )
}
