import { ReloadOutlined } from '@ant-design/icons'
import { type RfmAgain, rfmAgainSchema, rfmBoundariesSchema, rfmSharesSchema, rfmSubjectSchema } from '@chaoxi/contract'
import { Button, Form, Select } from 'antd'
import { useEffect, useRef, useState } from 'react'
import { call } from '../api/client.ts'
import { useEndpoint } from '../api/hooks.ts'
import { useLanguage, useT } from '../i18n/index.ts'
import { useSettled } from '../rules/use-estimate.ts'
import { formatNumber, uiTexts } from '../ui/index.ts'
import { errorWords } from '../ui/states.tsx'
import { isStale, type ModelDraft, type Quantiles, shareFields, subjectOf, withTaken } from './model-draft.ts'
import { settingText } from './model-words.ts'
import { ValueBar } from './value-bar.tsx'
import { valueTexts } from './value-texts.ts'

/** The pause after which the distribution is asked about. */
const pauseMs = 400
const percents = Array.from({ length: 19 }, (_, i) => 5 * (i + 1))

interface Props {
  readonly draft: ModelDraft
  readonly quantiles: Quantiles
  readonly onChange: (draft: ModelDraft) => void
}

/** How many are meant to be high, and the boundaries that this makes today; they are taken as soon as they are not there. */
export function RfmQuantiles({ draft, quantiles, onChange }: Props) {
  const t = useT(valueTexts)
  const ui = useT(uiTexts)
  const language = useLanguage()
  const [failure, setFailure] = useState<unknown>(null)
  const [nobody, setNobody] = useState(false)
  const latest = useRef({ draft, onChange })
  latest.current = { draft, onChange }
  const subject = useSettled(subjectOf(draft), pauseMs)
  const stale = isStale(draft)
  useEffect(() => {
    const { draft: asked } = latest.current
    if (!stale || subject !== subjectOf(asked)) return
    const about = rfmSubjectSchema.safeParse(asked.settings)
    const by = rfmSharesSchema.safeParse(asked.quantiles)
    if (!about.success || !by.success) return
    const overtaken = new AbortController()
    setFailure(null)
    setNobody(false)
    call('rfmPreview', { body: { ...about.data, by: by.data } }, { signal: overtaken.signal }).then(
      (found) => {
        // What was changed meanwhile is asked about by itself.
        if (subjectOf(latest.current.draft) !== subject) return
        setNobody(found.boundaries === null)
        latest.current.onChange(withTaken(latest.current.draft, found))
      },
      (error: unknown) => overtaken.signal.aborted || setFailure(error),
    )
    return () => overtaken.abort()
  }, [stale, subject])
  const { recencyDays, frequency, amount } = draft.settings
  const number = (value: unknown) => settingText(value, language)
  return (
    <>
      <div className="model-fields model-shares">
        {shareFields.map((share) => (
          <Form.Item key={share} label={t(share)}>
            <Select<number>
              value={quantiles[share]}
              aria-label={t(share)}
              options={percents.map((value) => ({ value, label: t('topShare', { percent: value }) }))}
              onChange={(value) => onChange({ ...draft, quantiles: { ...quantiles, [share]: value } })}
            />
          </Form.Item>
        ))}
        <Form.Item label={t('again')}>
          <Select<RfmAgain>
            value={quantiles.again}
            aria-label={t('again')}
            options={rfmAgainSchema.options.map((value) => ({ value, label: t(`again_${value}`) }))}
            onChange={(again) => onChange({ ...draft, quantiles: { ...quantiles, again } })}
          />
        </Form.Item>
      </div>
      <div className="model-taken" aria-live="polite">
        {failure !== null ? (
          <span className="rule-problem">{errorWords(failure, ui, language)}</span>
        ) : nobody ? (
          <span className="rule-problem">{t('nobodyBought')}</span>
        ) : stale ? (
          <span className="muted">{t('taking')}</span>
        ) : (
          <>
            <span>
              {t('boundaries', { days: number(recencyDays), orders: number(frequency), amount: number(amount) })}{' '}
              <span className="muted">{t('takenOn', { day: quantiles.takenOn })}</span>
            </span>
            <Button size="small" icon={<ReloadOutlined />} onClick={() => onChange({ ...draft, takenFor: null })}>
              {t('takeAgain')}
            </Button>
          </>
        )}
      </div>
    </>
  )
}

/** How many people each class would have now. */
export function RfmClasses({ draft, names }: { draft: ModelDraft; names: readonly string[] }) {
  const t = useT(valueTexts)
  const language = useLanguage()
  const settled = useSettled(draft, pauseMs)
  const subject = rfmSubjectSchema.safeParse(settled.settings)
  const by = rfmBoundariesSchema.safeParse(settled.settings)
  const ready = subject.success && by.success && !isStale(settled)
  const { data } = useEndpoint('rfmPreview', ready ? { body: { ...subject.data, by: by.data } } : {}, { enabled: ready })
  if (data === undefined) return <p className="muted">{ready ? t('taking') : t('sizesWaiting')}</p>
  if (data.people === 0) return <p className="muted">{t('buyers', { count: 0 })}</p>
  return (
    <section className="model-sizes">
      <h4>
        {t('classSizes')} <span className="muted num">{t('buyers', { count: formatNumber(data.people, language) })}</span>
      </h4>
      <table className="value-bars" aria-label={t('classSizes')} style={{ opacity: ready ? 1 : 0.5 }}>
        <tbody>
          {data.sizes.map((size, i) => (
            <ValueBar key={names[i] ?? String(i)} value={names[i] ?? ''} size={size} total={data.people}>
              {formatNumber(size, language)}
            </ValueBar>
          ))}
        </tbody>
      </table>
    </section>
  )
}
