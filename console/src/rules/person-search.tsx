import type { PersonSummary } from '@chaoxi/contract'
import { Select } from 'antd'
import { useState } from 'react'
import { useEndpoint } from '../api/hooks.ts'
import { useT } from '../i18n/index.ts'
import { personName, uiTexts } from '../ui/index.ts'
import { ruleTexts } from './texts.ts'
import { useSettled } from './use-estimate.ts'

/** Enough to choose from without scrolling far; who is missing is found by typing more. */
const shownMax = 20
const pauseMs = 250

/** Finds one real customer by name, phone, e-mail or user id. */
export function PersonSearch({
  value,
  onChange,
  width = 280,
}: {
  value: PersonSummary | null
  onChange: (person: PersonSummary | null) => void
  width?: number | string
}) {
  const t = useT(ruleTexts)
  const names = useT(uiTexts)
  const [typed, setTyped] = useState('')
  const q = useSettled(typed, pauseMs)
  const [opened, setOpened] = useState(false)
  const { data, isFetching } = useEndpoint('people', { query: { q, limit: shownMax } }, { enabled: opened })
  const people = data?.items ?? []
  const shown = value !== null && !people.some((person) => person.id === value.id) ? [value, ...people] : people
  return (
    <Select
      allowClear
      showSearch={{ filterOption: false, onSearch: setTyped }}
      value={value?.id ?? null}
      placeholder={t('personSearch')}
      aria-label={t('personSearch')}
      style={{ width }}
      loading={isFetching}
      notFoundContent={t(isFetching ? 'personSearching' : 'personNotFound')}
      popupMatchSelectWidth={false}
      options={shown.map((person) => ({
        value: person.id,
        label: personName(person, names),
        note: person.userId ?? person.phone ?? person.email ?? '',
      }))}
      optionRender={(option) => (
        <span className="picker-option">
          <span>{option.data.label}</span>
          <span className="muted">{option.data.note}</span>
        </span>
      )}
      onOpenChange={(open) => open && setOpened(true)}
      onChange={(id) => onChange(shown.find((person) => person.id === id) ?? null)}
    />
  )
}
