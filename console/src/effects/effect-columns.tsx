import type { EffectRow } from '@chaoxi/contract'
import { Link } from '@tanstack/react-router'
import type { TableColumnsType } from 'antd'
import { type ReactNode, useMemo } from 'react'
import { type Language, translator, useLanguage, useT } from '../i18n/index.ts'
import { eventName } from '../rules/event-names.ts'
import { PeopleNumber } from '../ui/people-number.tsx'
import { Money, Num, Rate } from '../ui/values.tsx'
import { Roi } from './roi.tsx'
import type { spanOf } from './span.ts'
import { texts } from './texts.ts'

/** Which messages are counted, by when they were made. */
export type Span = ReturnType<typeof spanOf>

/** One row of the table, cell by cell; the total is printed by the same cells. */
export function effectCells(row: EffectRow, language: Language, span: Span): ReactNode[] {
  // The total adds up journeys: one person may stand in several, so there is no one list behind it.
  const people = (stage: 'sent' | 'reached' | 'clicked' | 'converted') =>
    row.journeyId === '' ? (
      <Num key={stage} value={row[stage]} />
    ) : (
      <PeopleNumber key={stage} value={row[stage]} search={{ journey: row.journeyId, stage, ...span }} />
    )
  return [
    <span key="name">
      <Link to="/journeys/$id" params={{ id: row.journeyId }}>
        {row.name}
      </Link>
      {row.version !== null && <span className="muted"> v{row.version}</span>}
    </span>,
    <span key="goal" className="muted">
      {goalText(row, language)}
    </span>,
    people('sent'),
    people('reached'),
    people('clicked'),
    <Rate key="clickRate" value={row.clickRate} />,
    people('converted'),
    <Rate key="conversionRate" value={row.conversionRate} />,
    <Money key="sales" fen={row.salesFen} />,
    <Money key="cost" fen={row.costFen} />,
    <Roi key="roi" value={row.roi} />,
  ]
}

/** 点击后 3 天内支付订单 */
export function goalText({ goalEvent, windowHours }: Pick<EffectRow, 'goalEvent' | 'windowHours'>, language: Language): string {
  const t = translator(texts, language)
  const event = eventName(goalEvent, language)
  const days = windowHours / 24
  return Number.isInteger(days) && days > 1 ? t('goalTextDays', { days, event }) : t('goalText', { hours: windowHours, event })
}

export function useEffectColumns(span: Span): TableColumnsType<EffectRow> {
  const t = useT(texts)
  const language = useLanguage()
  return useMemo(() => {
    const heads: { title: keyof typeof texts; hint?: keyof typeof texts; by?: (row: EffectRow) => number }[] = [
      { title: 'journey' },
      { title: 'goal' },
      { title: 'sent', hint: 'sentHint', by: (row) => row.sent },
      { title: 'reached', hint: 'reachedHint', by: (row) => row.reached },
      { title: 'clicked', hint: 'clickedHint', by: (row) => row.clicked },
      { title: 'clickRate', hint: 'clickRateHint', by: (row) => row.clickRate ?? -1 },
      { title: 'converted', hint: 'convertedHint', by: (row) => row.converted },
      { title: 'conversionRate', hint: 'conversionRateHint', by: (row) => row.conversionRate ?? -1 },
      { title: 'sales', hint: 'salesHint', by: (row) => row.salesFen },
      { title: 'cost', hint: 'costHint', by: (row) => row.costFen },
      { title: 'roi', hint: 'roiHint', by: (row) => row.roi ?? -1 },
    ]
    return heads.map(({ title, hint, by }, index) => ({
      key: title,
      title: <span title={hint && t(hint)}>{t(title)}</span>,
      align: by ? ('right' as const) : ('left' as const),
      ...(by ? { sorter: (a: EffectRow, b: EffectRow) => by(a) - by(b), showSorterTooltip: false } : {}),
      render: (_: unknown, row: EffectRow) => effectCells(row, language, span)[index],
    }))
  }, [t, language, span])
}
