import { AutoComplete, Form } from 'antd'
import { useEndpoint } from '../api/hooks.ts'
import { useT } from '../i18n/index.ts'
import { scenesOf } from './definition-list.ts'
import { definitionTexts } from './definition-texts.ts'

/** What a tag or segment is used for; those of others are offered, so that one purpose has one name. */
export function SceneField({ value, onChange }: { value: string; onChange: (value: string) => void }) {
  const d = useT(definitionTexts)
  const tags = useEndpoint('tags').data?.items ?? []
  const segments = useEndpoint('segments').data?.items ?? []
  const wanted = value.trim().toLowerCase()
  return (
    <Form.Item label={d('scene')} htmlFor="definition-scene">
      <AutoComplete
        id="definition-scene"
        value={value}
        maxLength={200}
        placeholder={d('scenePlaceholder')}
        options={scenesOf([...tags, ...segments])
          .filter((scene) => scene.toLowerCase().includes(wanted) && scene !== value)
          .map((scene) => ({ value: scene }))}
        onChange={onChange}
      />
    </Form.Item>
  )
}
