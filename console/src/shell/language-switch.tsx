import { GlobalOutlined } from '@ant-design/icons'
import { Button } from 'antd'
import { setLanguage, useLanguage, useT } from '../i18n/index.ts'
import { texts } from './texts.ts'

/** Names the other language in that language, so that whoever needs it can read it. */
export function LanguageSwitch() {
  const t = useT(texts)
  const language = useLanguage()
  const other = language === 'zh' ? 'en' : 'zh'
  return (
    <Button type="text" icon={<GlobalOutlined />} lang={other} onClick={() => setLanguage(other)}>
      {t('otherLanguage')}
    </Button>
  )
}
