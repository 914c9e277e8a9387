import { type ReplyTrigger, replyWordsMax } from '@chaoxi/contract'
import { Segmented, Select } from 'antd'
import { useT } from '../../i18n/index.ts'
import { triggerTexts } from '../words/trigger-texts.ts'
import { Field, type TriggerFieldsProps } from './fields.tsx'

/** What a customer's reply must say. */
export function ReplyFields({ trigger, onChange }: TriggerFieldsProps<ReplyTrigger>) {
  const t = useT(triggerTexts)
  const { match, words } = trigger
  return (
    <>
      <Field label={t('reply')}>
        <Segmented
          value={match}
          options={(['contains', 'equals', 'any'] as const).map((one) => ({ value: one, label: t(`reply_${one}`) }))}
          onChange={(one) => onChange({ ...trigger, match: one })}
        />
      </Field>
      {match !== 'any' && (
        <Field label={t('replyWords')} hint={t('replyHint')}>
          <Select
            mode="tags"
            value={words}
            open={false}
            suffixIcon={null}
            maxCount={replyWordsMax}
            tokenSeparators={[',', '，', '、', ' ']}
            aria-label={t('replyWords')}
            placeholder={t('replyPlaceholder')}
            status={words.length === 0 ? 'error' : ''}
            style={{ width: '100%' }}
            onChange={(next: string[]) => onChange({ ...trigger, words: next.map((one) => one.trim()).filter((one) => one !== '') })}
          />
        </Field>
      )}
    </>
  )
}
