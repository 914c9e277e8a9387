import type { Channel } from '@chaoxi/contract'
import { DatePicker, Input, Select } from 'antd'
import dayjs from 'dayjs'
import { useEndpoint } from '../api/hooks.ts'
import { useLanguage, useT } from '../i18n/index.ts'
import { channelNames, channelTexts } from '../messages/channel-texts.ts'
import { eventName } from '../rules/event-names.ts'
import { texts } from './identity-texts.ts'
import { texts as peopleTexts } from './texts.ts'

export const timelineKinds = ['behaviour', 'order', 'coupon', 'message', 'profile'] as const
export const noFilters = { event: '', kind: '', channel: '', from: '', to: '', text: '' }
export type TimelineFilters = Record<keyof typeof noFilters, string>

const dayFormat = 'YYYY-MM-DD'
const coded = (name: string) => name.replaceAll('%', '%25').replaceAll(',', '%2C')

/** What the address says, as the endpoint asks it; what it cannot mean is left out. */
export function timelineQuery({ event, kind, channel, from, to, text }: TimelineFilters) {
  const [knownKind, knownChannel] = [timelineKinds.find((one) => one === kind), channelNames.find((one) => one === channel)]
  return {
    ...(event === '' ? {} : { event }),
    ...(knownKind === undefined ? {} : { kind: knownKind }),
    ...(knownChannel === undefined ? {} : { channel: knownChannel }),
    ...(from === '' ? {} : { from }),
    ...(to === '' ? {} : { to }),
    ...(text === '' ? {} : { text }),
  }
}

export function TimelineTools({ filters, onChange }: { filters: TimelineFilters; onChange: (change: Partial<TimelineFilters>) => void }) {
  const t = useT(texts)
  const people = useT(peopleTexts)
  const channel = useT(channelTexts)
  const language = useLanguage()
  const { data } = useEndpoint('catalogue')
  const names = filters.event === '' ? [] : filters.event.split(',')
  return (
    <div className="row timeline-tools">
      <Select
        allowClear
        mode="multiple"
        maxTagCount="responsive"
        showSearch={{ optionFilterProp: 'label' }}
        style={{ width: 170 }}
        placeholder={people('allKinds')}
        aria-label={people('allKinds')}
        value={names}
        onChange={(chosen: string[]) => onChange({ event: chosen.join(',') })}
        options={(data?.events ?? []).map(({ name }) => ({ value: coded(name), label: eventName(name, language) }))}
      />
      <Select
        allowClear
        style={{ width: 116 }}
        placeholder={t('kind')}
        aria-label={t('kind')}
        value={filters.kind === '' ? null : filters.kind}
        onChange={(kind: string | null | undefined) => onChange({ kind: kind ?? '' })}
        options={timelineKinds.map((kind) => ({ value: kind, label: t(`kind_${kind}`) }))}
      />
      <Select
        allowClear
        style={{ width: 96 }}
        placeholder={t('channel')}
        aria-label={t('channel')}
        value={channelNames.find((name) => name === filters.channel) ?? null}
        onChange={(name: Channel | null | undefined) => onChange({ channel: name ?? '' })}
        options={channelNames.map((name) => ({ value: name, label: channel(name) }))}
      />
      <DatePicker.RangePicker
        style={{ width: 212 }}
        allowEmpty={[true, true]}
        placeholder={[t('fromDay'), t('toDay')]}
        value={[filters.from ? dayjs(filters.from) : null, filters.to ? dayjs(filters.to) : null]}
        onChange={(range) => onChange({ from: range?.[0]?.format(dayFormat) ?? '', to: range?.[1]?.format(dayFormat) ?? '' })}
      />
      <Input.Search
        allowClear
        style={{ width: 200 }}
        maxLength={200}
        placeholder={t('text')}
        aria-label={t('text')}
        key={filters.text}
        defaultValue={filters.text}
        onSearch={(wanted) => onChange({ text: wanted.trim() })}
      />
    </div>
  )
}
