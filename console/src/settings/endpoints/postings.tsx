import { type PostingState, postingStates, type WebhookPosting } from '@chaoxi/contract'
import { Link } from '@tanstack/react-router'
import { Segmented, type TableColumnsType } from 'antd'
import { useState } from 'react'
import { useMutate, usePages } from '../../api/hooks.ts'
import { useLanguage, useT } from '../../i18n/index.ts'
import { AttemptList } from '../../journeys/watching/attempt-list.tsx'
import { useStepName } from '../../journeys/words/use-journey-naming.ts'
import { postingReason } from '../../journeys/words/webhook-words.ts'
import { useCan } from '../../shell/me.ts'
import { ConfirmAction, DataTable, Time, type Tone, ToneText } from '../../ui/index.ts'
import { endpointTexts } from './texts.ts'

const tones: Readonly<Record<PostingState, Tone>> = { due: 'busy', answered: 'good', failed: 'bad', dropped: 'calm' }

/** What was posted to one endpoint, the newest first. */
export function Postings({ endpointKey }: { endpointKey: string }) {
  const t = useT(endpointTexts)
  const [state, setState] = useState<PostingState | ''>('')
  const query = state === '' ? {} : { state }
  const list = usePages('webhookPostings', { params: { key: endpointKey }, query }, { refreshMs: 5_000 })
  const columns: TableColumnsType<WebhookPosting> = [
    { title: t('askedAt'), dataIndex: 'askedAt', width: 170, render: (at: string) => <Time at={at} /> },
    { title: t('journey'), key: 'journey', render: (_, posting) => <Where posting={posting} /> },
    { title: t('result'), key: 'state', width: 260, render: (_, posting) => <Result posting={posting} /> },
    { title: t('attempts'), key: 'attempts', render: (_, { attempts }) => <AttemptList attempts={attempts} /> },
    { key: 'resend', align: 'right', width: 90, render: (_, posting) => posting.resendable && <Resend posting={posting} /> },
  ]
  return (
    <DataTable<WebhookPosting>
      list={list}
      columns={columns}
      rowKey={({ id }) => id}
      filtered={state !== ''}
      onClearFilters={() => setState('')}
      empty={{ title: t('postingsEmpty'), text: t('postingsEmptyText') }}
      toolbar={
        <Segmented<PostingState | ''>
          value={state}
          options={[
            { value: '', label: t('all') },
            ...postingStates.map((one) => ({ value: one, label: t(one === 'dropped' ? 'dropped' : `state_${one}`) })),
          ]}
          onChange={setState}
        />
      }
    />
  )
}

function Where({ posting: { journeyId, journeyName, nodeId } }: { posting: WebhookPosting }) {
  const step = useStepName(journeyId, nodeId)
  return (
    <>
      <Link to="/journeys/$id" params={{ id: journeyId }}>
        {journeyName}
      </Link>
      <div className="muted">{step}</div>
    </>
  )
}

function Result({ posting: { state, reason, dueAt } }: { posting: WebhookPosting }) {
  const t = useT(endpointTexts)
  const language = useLanguage()
  return (
    <>
      <ToneText tone={tones[state]}>{t(`state_${state}`)}</ToneText>
      {reason !== null && state !== 'dropped' && <div className="muted">{postingReason(reason, language)}</div>}
      {dueAt !== null && reason !== null && (
        <div className="muted">
          <Time at={dueAt} />
        </div>
      )}
    </>
  )
}

function Resend({ posting: { endpoint, id } }: { posting: WebhookPosting }) {
  const t = useT(endpointTexts)
  const can = useCan('journeys.publish')
  const resend = useMutate('webhookPostingResend', { refresh: ['webhookPostings', 'webhookEndpoint'] })
  if (!can) return null
  return (
    <ConfirmAction
      size="small"
      type="text"
      title={t('resendTitle')}
      text={t('resendText')}
      doIt={t('resend')}
      done={t('resent')}
      run={() => resend.mutateAsync({ params: { key: endpoint, id } })}
    >
      {t('resend')}
    </ConfirmAction>
  )
}
