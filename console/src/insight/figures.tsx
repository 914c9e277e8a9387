import type { TraitFigure } from '@chaoxi/contract'
import { useLanguage, useT } from '../i18n/index.ts'
import { formatNumber, PeopleNumber } from '../ui/index.ts'
import type { PeopleSearch } from '../ui/people-number.tsx'
import { Num, Rate } from '../ui/values.tsx'
import { insightTexts } from './texts.ts'

export interface FigureRow {
  readonly key: string
  readonly words: string
  readonly figure: TraitFigure
  readonly search: PeopleSearch | null
}

/** TGI with its interval; grey, with the reason, where there are too few people. */
function Index({ figure }: { figure: TraitFigure }) {
  const t = useT(insightTexts)
  const language = useLanguage()
  const { index, low, high, weakness } = figure
  if (index === null)
    return (
      <span className="muted" title={weakness === null ? '' : t(`weak_${weakness}`)}>
        –
      </span>
    )
  const whole = (value: number) => formatNumber(Math.round(value), language)
  const tone = weakness !== null ? 'weak' : (low ?? 0) > 100 ? 'over' : high !== null && high < 100 ? 'under' : 'even'
  return (
    <span className={`index index-${tone}`} title={weakness === null ? t('indexHint') : t(`weak_${weakness}`)}>
      <b className="num">{whole(index)}</b>{' '}
      <span className="index-interval num">
        ({low === null ? '' : whole(low)}–{high === null ? t('noUpper') : whole(high)})
      </span>
      {weakness !== null && weakness !== 'none_in_base' && <span className="index-why">{t(`weak_${weakness}`)}</span>}
    </span>
  )
}

/** Figures of one attribute, or of the tags: how many, which share of group and base, the index. */
export function Figures({ rows, head }: { rows: readonly FigureRow[]; head: string }) {
  const t = useT(insightTexts)
  const most = Math.max(...rows.flatMap(({ figure }) => [figure.share ?? 0, figure.baseShare ?? 0]), 0.000_001)
  return (
    <table className="figures">
      <thead>
        <tr>
          <th scope="col">{head}</th>
          <th scope="col" className="num">
            {t('people')}
          </th>
          <th scope="col">{t('share')}</th>
          <th scope="col" className="num">
            {t('baseShare')}
          </th>
          <th scope="col" title={t('indexHint')}>
            {t('index')}
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ key, words, figure, search }) => (
          <tr key={key}>
            <th scope="row" title={words}>
              {words}
            </th>
            <td className="num">
              {search === null ? <Num value={figure.count} /> : <PeopleNumber value={figure.count} search={search} />}
            </td>
            <td>
              <span className="figure-share">
                <Rate value={figure.share} />
                <span className="figure-bars" aria-hidden="true">
                  <i className="bar-group" style={{ width: `${((figure.share ?? 0) / most) * 100}%` }} />
                  <i className="bar-base" style={{ width: `${((figure.baseShare ?? 0) / most) * 100}%` }} />
                </span>
              </span>
            </td>
            <td className="num">
              <Rate value={figure.baseShare} />
            </td>
            <td>
              <Index figure={figure} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
