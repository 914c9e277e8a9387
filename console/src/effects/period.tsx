import { Button, DatePicker } from 'antd'
import dayjs from 'dayjs'
import 'dayjs/locale/zh-cn.js'
import { useT } from '../i18n/index.ts'
import { useTimeZone } from '../shell/me.ts'
import { formatDate } from '../ui/format.ts'
import { texts } from './texts.ts'

interface Days {
  from: string
  to: string
}
const dayMs = 86_400_000
const dayFormat = 'YYYY-MM-DD'

/** The report's question: which days. Days are those of the workspace's calendar. */
export function Period({ from, to, onChange }: Days & { onChange: (days: Days) => void }) {
  const t = useT(texts)
  const timeZone = useTimeZone()
  const today = formatDate(Date.now(), timeZone)
  const last = (days: number): Days => ({ from: formatDate(Date.now() - (days - 1) * dayMs, timeZone), to: today })
  const choices: { label: string; days: Days }[] = [
    { label: t('allTime'), days: { from: '', to: '' } },
    { label: t('last7'), days: last(7) },
    { label: t('last30'), days: last(30) },
  ]
  return (
    <div className="row">
      <span>{t('question')}</span>
      {choices.map(({ label, days }) => {
        const chosen = days.from === from && days.to === to
        return (
          <Button
            key={label}
            size="small"
            type={chosen ? 'primary' : 'default'}
            ghost={chosen}
            aria-pressed={chosen}
            onClick={() => onChange(days)}
          >
            {label}
          </Button>
        )
      })}
      <DatePicker.RangePicker
        size="small"
        allowEmpty={[true, true]}
        placeholder={[t('from'), t('to')]}
        value={[from ? dayjs(from) : null, to ? dayjs(to) : null]}
        onChange={(range) => onChange({ from: range?.[0]?.format(dayFormat) ?? '', to: range?.[1]?.format(dayFormat) ?? '' })}
      />
    </div>
  )
}
