import { tagValuesMax } from '@chaoxi/contract'
import { Button, Select } from 'antd'
import { useT } from '../i18n/index.ts'
import { edgesFrom } from '../rules/preference-edges.ts'
import { fromText, type KnownProperty } from '../rules/value-types.ts'
import type { RankedBy, Setting } from './model-draft.ts'
import { valueTexts } from './value-texts.ts'

interface PreferredValuesProps {
  readonly by: RankedBy
  readonly values: Setting | undefined
  readonly property: KnownProperty | undefined
  readonly onChange: (values: (string | number)[]) => void
}

/** Which values of the property become values of the tag: chosen from those that have come so far, or typed. */
export function PreferredValues({ by, values, property, onChange }: PreferredValuesProps) {
  const t = useT(valueTexts)
  const chosen = Array.isArray(values) ? values.map(String) : []
  const seen = by === 'value' ? (property?.samples ?? []) : []
  const others = seen.filter((sample) => !chosen.includes(sample)).slice(0, tagValuesMax - chosen.length)
  const read = (text: string) => {
    const value = fromText(text, property?.type === 'number' ? 'number' : 'string')
    return typeof value === 'boolean' ? text : value
  }
  const take = (texts: readonly string[]) => {
    const typed = [...new Set(texts.map((text) => text.trim()))].filter((text) => text !== '')
    onChange(by === 'value' ? typed.map(read) : edgesFrom(typed, by === 'hour'))
  }
  return (
    <>
      <Select
        mode="tags"
        value={chosen}
        placeholder={t(by === 'value' ? 'preferenceValuesHint' : 'preferenceEdgesHint')}
        aria-label={t(`values_${by}`)}
        style={{ width: '100%' }}
        tokenSeparators={[',', '，', '、']}
        maxCount={tagValuesMax}
        {...(by === 'value' ? {} : { open: false, suffixIcon: null })}
        options={seen.map((sample) => ({ value: sample, label: sample }))}
        onChange={take}
      />
      {others.length > 0 && (
        <Button type="link" size="small" onClick={() => take([...chosen, ...others])}>
          {t('preferenceTakeSeen', { count: others.length })}
        </Button>
      )}
    </>
  )
}
