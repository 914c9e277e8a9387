import { Select } from 'antd'
import { useEndpoint } from '../api/hooks.ts'
import { useT } from '../i18n/index.ts'
import { insightTexts } from './texts.ts'

/** Every active segment and tag, as options of a choice. */
export function useDefinitionOptions() {
  const t = useT(insightTexts)
  const segments = useEndpoint('segments')
  const tags = useEndpoint('tags')
  const of = (kind: string, items: readonly { key: string; name: string }[] = []) =>
    items.map(({ key, name }) => ({ value: `${kind}:${key}`, label: name }))
  return {
    loading: segments.isPending || tags.isPending,
    groups: [
      { label: t('segments'), options: of('segment', segments.data?.items) },
      { label: t('tags'), options: of('tag', tags.data?.items) },
    ],
  }
}

/** One segment or tag; with `everyone`, the choice of all people stands first. */
export function DefinitionSelect(props: {
  value: string
  onChange: (value: string) => void
  label: string
  everyone?: string
  without?: string
  width?: number
}) {
  const { loading, groups } = useDefinitionOptions()
  const options = groups.map((group) => ({ ...group, options: group.options.filter(({ value }) => value !== props.without) }))
  return (
    <Select<string>
      showSearch={{ optionFilterProp: 'label' }}
      style={{ width: props.width ?? 260 }}
      loading={loading}
      placeholder={props.label}
      aria-label={props.label}
      value={props.value === '' ? (props.everyone === undefined ? null : '') : props.value}
      onChange={props.onChange}
      options={props.everyone === undefined ? options : [{ value: '', label: props.everyone }, ...options]}
    />
  )
}
