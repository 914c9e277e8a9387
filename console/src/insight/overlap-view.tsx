import type { Overlap } from '@chaoxi/contract'
import { Select, Table } from 'antd'
import { useEndpoint } from '../api/hooks.ts'
import { type Translate, useLanguage, useT } from '../i18n/index.ts'
import { useCan } from '../shell/me.ts'
import { EmptyState, formatRate, Loaded, Num, numberCell, PeopleNumber, Stat } from '../ui/index.ts'
import { useDefinitionOptions } from './definition-select.tsx'
import type { InsightFilters, SetInsightFilters } from './insight-page.tsx'
import { type DefinitionRef, refsOf, textOfRef } from './names.ts'
import { OverlapChart } from './overlap-chart.tsx'
import { everyRegion, insideOf, outsideOf, pairSize, type Region, regionSearch } from './regions.ts'
import { SaveRegion } from './save-region.tsx'
import { insightTexts } from './texts.ts'

const othersMax = 5

/** How the group overlaps with up to five others: every combination with its number, exactly. */
export function OverlapView({ of, filters, setFilters }: { of: DefinitionRef; filters: InsightFilters; setFilters: SetInsightFilters }) {
  const t = useT(insightTexts)
  const { loading, groups } = useDefinitionOptions()
  const own = textOfRef(of)
  const others = refsOf(filters.with)
    .map(textOfRef)
    .filter((one) => one !== own)
    .slice(0, othersMax)
  const query = useEndpoint('overlap', { query: { of: [own, ...others].join(',') } }, { enabled: others.length > 0 })
  return (
    <div className="stack">
      <Select<string[]>
        mode="multiple"
        maxCount={othersMax}
        style={{ maxWidth: 760 }}
        loading={loading}
        value={others}
        placeholder={t('overlapWith')}
        aria-label={t('overlapWith')}
        showSearch={{ optionFilterProp: 'label' }}
        options={groups.map((group) => ({ ...group, options: group.options.filter(({ value }) => value !== own) }))}
        onChange={(values) => setFilters({ with: values.join(',') })}
      />
      {others.length === 0 ? (
        <div className="panel">
          <EmptyState title={t('overlapEmptyTitle')} text={t('overlapEmptyText')} />
        </div>
      ) : (
        <Loaded query={query} rows={8}>
          {(overlap) => <Shown overlap={overlap} />}
        </Loaded>
      )}
    </div>
  )
}

function Shown({ overlap }: { overlap: Overlap }) {
  const t = useT(insightTexts)
  const { sets, total, regions } = overlap
  const common = regions.find(({ inside }) => inside.every(Boolean))?.size ?? 0
  return (
    <>
      <div className="stats">
        {sets.map((set) => (
          <Stat key={textOfRef(set)} label={set.name}>
            <PeopleNumber value={set.size} search={{ in: textOfRef(set) }} />
          </Stat>
        ))}
        <Stat label={t('overlapTotal')}>
          <Num value={total} />
        </Stat>
        <Stat label={t('overlapCommon')}>
          <PeopleNumber value={common} search={{ in: sets.map(textOfRef).join(',') }} />
        </Stat>
      </div>
      {total === 0 ? (
        <p className="muted">{t('regionsNone')}</p>
      ) : (
        <div className="overlap">
          <section className="panel">
            <OverlapChart overlap={overlap} />
            <p className="muted">{t(sets.length <= 3 ? 'vennNote' : 'upsetNote')}</p>
          </section>
          <Regions overlap={overlap} />
        </div>
      )}
      {sets.length > 2 && total > 0 && <Pairs overlap={overlap} />}
    </>
  )
}

/** 在「A」和「B」，不在「C」 */
function regionWords(sets: Overlap['sets'], region: Region, t: Translate<keyof typeof insightTexts>, comma: string): string {
  const names = (list: Overlap['sets']) => list.map(({ name }) => t('quoted', { name })).join(t('and'))
  const [inside, outside] = [insideOf(sets, region), outsideOf(sets, region)]
  if (outside.length === 0) return t('regionIn', { names: names(inside) })
  if (inside.length === 1 && sets.length === 2) return t('regionOnly', { name: names(inside) })
  // Of four and more the names of all would fill the line.
  const rest = sets.length > 3 ? t('regionRest') : t('regionOut', { names: names(outside) })
  return `${t('regionIn', { names: names(inside) })}${comma}${rest}`
}

function Regions({ overlap }: { overlap: Overlap }) {
  const t = useT(insightTexts)
  const language = useLanguage()
  const canWrite = useCan('rules.write')
  const { sets, total } = overlap
  // Of many sets only combinations that occur: 63 rows would hide them.
  const rows = (sets.length <= 3 ? everyRegion(overlap) : overlap.regions).toSorted((a, b) => b.size - a.size)
  const words = (region: Region) => regionWords(sets, region, t, language === 'zh' ? '，' : ', ')
  return (
    <div className="data-table">
      <Table<Region>
        size="small"
        pagination={false}
        rowKey={({ inside }) => String(inside)}
        dataSource={rows}
        columns={[
          { title: t('region'), key: 'region', render: (_, region) => words(region) },
          {
            title: t('people'),
            key: 'size',
            ...numberCell,
            render: (_, region) => <PeopleNumber value={region.size} search={regionSearch(sets, region)} />,
          },
          { title: t('regionShare'), key: 'share', ...numberCell, render: (_, { size }) => formatRate(size / total) },
          ...(canWrite
            ? [
                {
                  title: '',
                  key: 'save',
                  render: (_: unknown, region: Region) => <SaveRegion sets={sets} region={region} suggestion={words(region)} />,
                },
              ]
            : []),
        ]}
      />
    </div>
  )
}

function Pairs({ overlap }: { overlap: Overlap }) {
  const t = useT(insightTexts)
  const { sets } = overlap
  return (
    <section className="panel">
      <h2>
        {t('pairs')}
        <small>{t('pairsHint')}</small>
      </h2>
      <table className="pairs">
        <thead>
          <tr>
            <th />
            {sets.map((set) => (
              <th key={textOfRef(set)} scope="col">
                {set.name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {sets.map((row, i) => (
            <tr key={textOfRef(row)}>
              <th scope="row">{row.name}</th>
              {sets.map((column, j) => {
                const size = pairSize(overlap, i, j)
                return (
                  <td key={textOfRef(column)} className="num">
                    <PeopleNumber value={size} search={{ in: i === j ? textOfRef(row) : `${textOfRef(row)},${textOfRef(column)}` }} />
                    {i !== j && row.size > 0 && <span className="muted"> {formatRate(size / row.size)}</span>}
                  </td>
                )
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}
