import { CloseOutlined } from '@ant-design/icons'
import type { Output, PopupContent } from '@chaoxi/contract'
import { Button } from 'antd'
import { useState } from 'react'
import { useLanguage, useT } from '../i18n/index.ts'
import { ToneText } from '../ui/index.ts'
import { problemWords } from '../ui/problem-words.ts'
import { templateTexts } from './texts.ts'

export type Preview = Output<'templatePreview'>
type Problem = Preview['problems'][number]

/** What the customer would see on the phone. */
export function PhonePreview({ preview, stale }: { preview: Preview; stale: boolean }) {
  const t = useT(templateTexts)
  const { content } = preview
  return (
    <div className={`phone${stale ? ' phone-stale' : ''}`}>
      <div className="phone-bar">{content.kind === 'sms' ? t('previewSms') : t('previewShop')}</div>
      <div className={content.kind === 'sms' ? 'phone-screen phone-sms' : 'phone-screen phone-shop'}>
        {content.kind === 'sms' ? <div className="phone-bubble">{preview.fullText}</div> : <Popup content={content} />}
      </div>
    </div>
  )
}

/** As the shop's page shows it: closed with one tap, by the cross or beside it. */
function Popup({ content }: { content: PopupContent }) {
  const t = useT(templateTexts)
  const [closed, setClosed] = useState(false)
  if (closed) {
    return (
      <div className="phone-closed">
        <p>{t('previewClosed')}</p>
        <Button size="small" onClick={() => setClosed(false)}>
          {t('previewAgain')}
        </Button>
      </div>
    )
  }
  return (
    <div className="phone-veil">
      <div className="phone-popup">
        <button
          type="button"
          className="phone-close"
          aria-label={t('previewClose')}
          title={t('previewClose')}
          onClick={() => setClosed(true)}
        >
          <CloseOutlined />
        </button>
        {content.imageUrl !== '' && <img src={content.imageUrl} alt="" />}
        <h4>{content.title}</h4>
        {content.body !== '' && <p>{content.body}</p>}
        <button type="button" className="phone-button" onClick={() => setClosed(true)}>
          {content.button}
        </button>
      </div>
    </div>
  )
}

/** What the check found, in words. */
export function PreviewProblems({ problems }: { problems: readonly Problem[] }) {
  const t = useT(templateTexts)
  if (problems.length === 0) return <ToneText tone="good">{t('problemsNone')}</ToneText>
  return (
    <ul className="template-problems">
      {problems.map((problem) => (
        <li key={`${problem.path} ${problem.code} ${problem.message}`}>
          <ToneText tone={problem.level === 'error' ? 'bad' : 'warn'}>{t(`level_${problem.level}`)}</ToneText>{' '}
          <ProblemText problem={problem} />
        </li>
      ))}
    </ul>
  )
}

const known = ['wrong_kind', 'does_not_parse', 'link_target', 'too_long', 'no_sms_account'] as const

function ProblemText({ problem: { code, message, level } }: { problem: Problem }) {
  const t = useT(templateTexts)
  const language = useLanguage()
  if (code === 'absolute_term') return t(level === 'error' ? 'problem_absolute_term' : 'problem_absolute_warning', { message })
  if (code === 'forbidden_character')
    return t(level === 'error' ? 'problem_forbidden_character' : 'problem_discouraged_character', { message })
  // The server's sentence begins with the variable that is empty.
  if (code === 'empty_variable') return t('problem_empty_variable', { message: message.split(' is empty')[0] ?? message })
  const word = known.find((candidate) => candidate === code)
  return word === undefined ? problemWords(message, language) : t(`problem_${word}`, { message: problemWords(message, language) })
}
