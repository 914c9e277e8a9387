import { CopyOutlined } from '@ant-design/icons'
import { App, Button } from 'antd'
import { useT } from '../i18n/index.ts'
import { texts } from './texts.ts'

/** Any value as indented JSON that can be copied. */
export function JsonView({ value, maxHeight = 360 }: { value: unknown; maxHeight?: number }) {
  const t = useT(texts)
  const { message } = App.useApp()
  const text = typeof value === 'string' ? value : JSON.stringify(value, null, 2)
  return (
    <div className="json-view">
      <Button
        size="small"
        type="text"
        icon={<CopyOutlined />}
        className="json-copy"
        aria-label={t('copyJson')}
        title={t('copyJson')}
        onClick={() => void navigator.clipboard.writeText(text).then(() => message.success(t('copied')))}
      />
      <pre style={{ maxHeight }}>{text}</pre>
    </div>
  )
}
