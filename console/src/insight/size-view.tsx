import type { PersonSummary, Sizes } from '@chaoxi/contract'
import { Button, DatePicker, Select } from 'antd'
import dayjs from 'dayjs'
import 'dayjs/locale/zh-cn.js'
import { useMemo } from 'react'
import { useEndpoint, usePages } from '../api/hooks.ts'
import { useT } from '../i18n/index.ts'
import { useTimeZone } from '../shell/me.ts'
import { Chart, DataTable, formatDate, Loaded, Num, PersonLink, Phone, Stat, TimeAgo } from '../ui/index.ts'
import { ExportMembers } from './export-members.tsx'
import type { InsightFilters, SetInsightFilters } from './insight-page.tsx'
import { type DefinitionRef, textOfRef } from './names.ts'
import { insightTexts } from './texts.ts'

const dayMs = 86_400_000
const dayFormat = 'YYYY-MM-DD'
const refreshMs = 30_000

interface Props {
  of: DefinitionRef
  /** Of a tag with values: one of them can be looked at alone. */
  values: readonly { value: string }[]
  filters: InsightFilters
  setFilters: SetInsightFilters
}

/** How many there were each day, who came and went; and who was in on a day of the past. */
export function SizeView({ of, values, filters, setFilters }: Props) {
  const t = useT(insightTexts)
  const timeZone = useTimeZone()
  const today = formatDate(Date.now(), timeZone)
  const daysAgo = (days: number) => formatDate(Date.now() - (days - 1) * dayMs, timeZone)
  const to = filters.to === '' ? today : filters.to
  const from = filters.from === '' ? daysAgo(30) : filters.from
  const value = values.some((one) => one.value === filters.one) ? { value: filters.one } : {}
  const query = useEndpoint('sizes', { params: of, query: { from, to, ...value } }, { refreshMs })
  const choices = [
    { label: t('last30'), days: 30 },
    { label: t('last90'), days: 90 },
    { label: t('last365'), days: 365 },
  ]
  return (
    <div className="stack">
      <div className="row">
        {values.length > 0 && (
          <Select
            size="small"
            value={filters.one}
            aria-label={t('valueOf')}
            style={{ width: 160 }}
            options={[{ value: '', label: t('valueAny') }, ...values.map((one) => ({ value: one.value, label: one.value }))]}
            onChange={(one) => setFilters({ one })}
          />
        )}
        <span className="muted">{t('span')}</span>
        {choices.map(({ label, days }) => {
          const chosen = to === today && from === daysAgo(days)
          return (
            <Button
              key={days}
              size="small"
              type={chosen ? 'primary' : 'default'}
              ghost={chosen}
              aria-pressed={chosen}
              onClick={() => setFilters({ from: days === 30 ? '' : daysAgo(days), to: '' })}
            >
              {label}
            </Button>
          )
        })}
        <DatePicker.RangePicker
          size="small"
          allowClear={false}
          value={[dayjs(from), dayjs(to)]}
          disabledDate={(day) => day.format(dayFormat) > today}
          onChange={(range) => setFilters({ from: range?.[0]?.format(dayFormat) ?? '', to: range?.[1]?.format(dayFormat) ?? '' })}
        />
      </div>
      <Loaded query={query} rows={8}>
        {({ days }) => <Curve days={days} onPick={(day) => setFilters({ day })} />}
      </Loaded>
      <MembersAt of={of} value={value} day={filters.day === '' ? to : filters.day} today={today} onDay={(day) => setFilters({ day })} />
    </div>
  )
}

function Curve({ days, onPick }: { days: Sizes['days']; onPick: (day: string) => void }) {
  const t = useT(insightTexts)
  const sum = (field: 'entered' | 'left' | 'merged') => days.reduce((total, day) => total + day[field], 0)
  const [first] = days
  const before = first === undefined ? 0 : first.size - first.entered + first.left + first.merged
  const option = useMemo(
    () => ({
      grid: { left: 56, right: 56, top: 34, bottom: 26 },
      legend: { right: 0, top: 0, itemWidth: 10, itemHeight: 10 },
      tooltip: { trigger: 'axis' },
      xAxis: { type: 'category', data: days.map(({ day }) => day) },
      yAxis: [
        { type: 'value', minInterval: 1, name: t('sizeSeries') },
        { type: 'value', minInterval: 1, splitLine: { show: false } },
      ],
      series: [
        { type: 'line', name: t('sizeSeries'), data: days.map(({ size }) => size), showSymbol: days.length <= 60, z: 3 },
        { type: 'bar', name: t('entered'), stack: 'moves', yAxisIndex: 1, data: days.map(({ entered }) => entered), barMaxWidth: 14 },
        { type: 'bar', name: t('left'), stack: 'moves', yAxisIndex: 1, data: days.map(({ left }) => -left), barMaxWidth: 14 },
      ],
    }),
    [days, t],
  )
  return (
    <>
      <div className="stats">
        <Stat label={t('sizeBefore')}>
          <Num value={before} />
        </Stat>
        <Stat label={t('entered')}>
          <Num value={sum('entered')} />
        </Stat>
        <Stat label={t('left')}>
          <Num value={sum('left')} />
        </Stat>
        <Stat label={t('merged')} hint={t('mergedHint')}>
          <Num value={sum('merged')} />
        </Stat>
        <Stat label={t('sizeNow')}>
          <Num value={days.at(-1)?.size ?? 0} />
        </Stat>
      </div>
      <section className="panel">
        <h2>
          {t('sizeChartTitle')}
          <small>{t('clickDay')}</small>
        </h2>
        <Chart option={option} height={280} label={t('sizeChart')} onPick={(index) => days[index] && onPick(days[index].day)} />
      </section>
    </>
  )
}

interface MembersAtProps {
  of: DefinitionRef
  value: { value?: string }
  day: string
  today: string
  onDay: (day: string) => void
}

function MembersAt({ of, value, day, today, onDay }: MembersAtProps) {
  const t = useT(insightTexts)
  const list = usePages('membersAt', { params: of, query: { day, ...value } })
  return (
    <section className="stack">
      <DataTable<PersonSummary>
        list={list}
        rowKey={(person) => person.id}
        toolbar={
          <>
            <b>{t('whoWasIn', { day })}</b>
            <DatePicker
              size="small"
              allowClear={false}
              aria-label={t('whoWasInPick')}
              value={dayjs(day)}
              disabledDate={(one) => one.format(dayFormat) > today}
              onChange={(chosen) => onDay(chosen?.format(dayFormat) ?? '')}
            />
            {list.rows.length > 0 && (
              <ExportMembers
                of={of}
                query={{ day, ...value }}
                name={[textOfRef(of).replace(':', '-'), ...Object.values(value), day].join('-')}
              />
            )}
          </>
        }
        empty={{ title: t('whoEmpty'), text: t('whoEmptyText') }}
        columns={[
          { title: t('name'), key: 'name', render: (_, person) => <PersonLink person={person} /> },
          { title: t('userId'), key: 'userId', render: (_, person) => person.userId ?? <span className="muted">–</span> },
          { title: t('phone'), key: 'phone', className: 'num', render: (_, person) => <Phone value={person.phone} /> },
          { title: t('email'), key: 'email', render: (_, person) => person.email ?? <span className="muted">–</span> },
          { title: t('firstSeen'), key: 'seen', width: 130, render: (_, person) => <TimeAgo at={person.createdAt} /> },
        ]}
      />
    </section>
  )
}
