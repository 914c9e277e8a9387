import { Select } from 'antd'
import { type ReactNode, useMemo, useState } from 'react'
import { useEndpoint } from '../api/hooks.ts'
import { useLanguage, useT } from '../i18n/index.ts'
import { formatNumber } from '../ui/index.ts'
import { commonEvents, eventName, propertyName } from './event-names.ts'
import { ruleTexts } from './texts.ts'
import type { KnownProperty } from './value-types.ts'

interface Option {
  readonly value: string
  readonly label: string
  readonly note?: string
}

interface PickerProps {
  value: string
  onChange: (value: string) => void
  options: readonly Option[]
  label: string
  /** Names that nobody has sent yet may be used too. */
  free?: boolean
  width?: number | string
  invalid?: boolean
  footer?: ReactNode
  disabled?: boolean
}

/** A searchable choice that is found by its display name and by its own name. */
export function Picker({ value, onChange, options, label, free = false, width = 160, invalid = false, disabled = false }: PickerProps) {
  const t = useT(ruleTexts)
  const [search, setSearch] = useState('')
  const shown = useMemo(() => {
    const known = new Set(options.map((option) => option.value))
    const extra: Option[] = value !== '' && !known.has(value) ? [{ value, label: value }] : []
    const typed = search.trim()
    const named = known.has(typed) || options.some((option) => option.label === typed)
    if (free && typed !== '' && !named && typed !== value) extra.push({ value: typed, label: t('eventUse', { name: typed }) })
    return [...options, ...extra]
  }, [options, value, search, free, t])
  return (
    <Select
      showSearch={{ onSearch: setSearch, filterOption: (input, option) => matches(input, option) }}
      value={value === '' ? null : value}
      placeholder={label}
      aria-label={label}
      status={invalid ? 'error' : ''}
      disabled={disabled}
      style={{ width }}
      popupMatchSelectWidth={false}
      options={[...shown]}
      onChange={(next) => onChange(next ?? '')}
      optionRender={(option) => (
        <span className="picker-option">
          <span>{option.data.label}</span>
          {option.data.note !== undefined && <span className="muted">{option.data.note}</span>}
        </span>
      )}
    />
  )
}

function matches(input: string, option: Option | undefined): boolean {
  if (option === undefined) return false
  const wanted = input.trim().toLowerCase()
  return `${option.label} ${option.value}`.toLowerCase().includes(wanted)
}

type ShapeProps = Omit<PickerProps, 'options' | 'label' | 'free'>

/** The events of the catalogue, most frequent first, then the standard ones that have not come in yet. */
export function EventPicker(props: ShapeProps) {
  const t = useT(ruleTexts)
  const language = useLanguage()
  const catalogue = useEndpoint('catalogue').data
  const options = useMemo(() => {
    const seen = [...(catalogue?.events ?? [])].sort((a, b) => b.count - a.count)
    const names = new Set(seen.map((event) => event.name))
    return [
      ...seen.map((event) => ({
        value: event.name,
        label: eventName(event.name, language),
        note: t('eventSeen', { count: formatNumber(event.count, language, { short: true }) }),
      })),
      ...commonEvents
        .filter((name) => !names.has(name))
        .map((name) => ({ value: name, label: eventName(name, language), note: t('eventUnseen') })),
    ]
  }, [catalogue, language, t])
  return <Picker {...props} options={options} label={t('event')} free />
}

/** Properties of one event, or the people's attributes when no event is given. */
export function useKnownProperties(event: string | null): readonly KnownProperty[] {
  const catalogue = useEndpoint('catalogue').data
  if (catalogue === undefined) return []
  if (event === null) return catalogue.attributes
  return catalogue.events.find((known) => known.name === event)?.properties ?? []
}

export function PropertyPicker({ known, numeric = false, ...props }: ShapeProps & { known: readonly KnownProperty[]; numeric?: boolean }) {
  const t = useT(ruleTexts)
  const language = useLanguage()
  const options = useMemo(
    () =>
      known
        .filter((property) => !numeric || property.type === 'number')
        .map((property) => {
          const label = propertyName(property.name, language)
          return label === property.name ? { value: property.name, label } : { value: property.name, label, note: property.name }
        }),
    [known, numeric, language],
  )
  return <Picker {...props} options={options} label={t('property')} free />
}

export function TagPicker(props: ShapeProps) {
  const t = useT(ruleTexts)
  const tags = useEndpoint('tags').data
  const options = useMemo(() => (tags?.items ?? []).map((tag) => ({ value: tag.key, label: tag.name, note: tag.key })), [tags])
  return <Picker {...props} options={options} label={t('tag')} />
}

/** The values of a tag in their order; none for one without, and until they are loaded. */
export function useTagValues(key: string): readonly string[] {
  const tags = useEndpoint('tags').data
  return useMemo(() => (tags?.items.find((tag) => tag.key === key)?.values ?? []).map((one) => one.value), [tags, key])
}

export function SegmentPicker(props: ShapeProps) {
  const t = useT(ruleTexts)
  const segments = useEndpoint('segments').data
  const options = useMemo(
    () => (segments?.items ?? []).map((segment) => ({ value: segment.key, label: segment.name, note: segment.key })),
    [segments],
  )
  return <Picker {...props} options={options} label={t('segment')} />
}
