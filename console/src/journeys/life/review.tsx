import type { JourneyDetail, JourneyReview } from '@chaoxi/contract'
import { App, Button, Input, Modal, Table } from 'antd'
import { useState } from 'react'
import { useMutate } from '../../api/hooks.ts'
import { useT } from '../../i18n/index.ts'
import { useCan, useMe } from '../../shell/me.ts'
import { useWho } from '../../shell/who.ts'
import { ConfirmAction, Time, type Tone, ToneText, uiTexts, useRun } from '../../ui/index.ts'
import type { DraftSession } from '../canvas/use-draft.ts'
import { LatestChecks } from '../trial/trial-line.tsx'
import { releaseTexts } from '../words/release-texts.ts'

const refresh = ['journey', 'journeys'] as const

/** What the newest review says of the draft as it is; null: nobody has been asked about it. */
export function reviewOf(journey: JourneyDetail): JourneyReview | null {
  const [newest] = journey.reviews
  return newest?.current && newest.state !== 'withdrawn' ? newest : null
}

/** What of the review stands against publishing; null: nothing. */
export function reviewBlocks(journey: JourneyDetail): 'publishUnreviewed' | 'publishWaiting' | 'publishSentBack' | null {
  if (!journey.reviewNeeded) return null
  const review = reviewOf(journey)
  if (review?.state === 'approved') return null
  if (review?.state === 'requested') return 'publishWaiting'
  return review?.state === 'rejected' ? 'publishSentBack' : 'publishUnreviewed'
}

/** Asking for a review, answering it, taking it back: each shown to who can do it. */
export function ReviewActions({ journey, session, problems }: { journey: JourneyDetail; session: DraftSession; problems: number }) {
  const t = useT(releaseTexts)
  const me = useMe()
  const canWrite = useCan('journeys.write')
  const canReview = useCan('journeys.review')
  const withdraw = useMutate('journeyReviewWithdraw', { refresh })
  const [asking, setAsking] = useState<'request' | 'approve' | 'reject' | null>(null)
  const review = reviewOf(journey)
  const isAsked = review?.state === 'requested'
  const mayAsk = journey.reviewNeeded && canWrite && problems === 0 && !isAsked && review?.state !== 'approved'
  const mayAnswer = isAsked && canReview && review.requestedBy !== me?.account.id
  return (
    <>
      {isAsked && canWrite && (
        <ConfirmAction
          title={t('withdrawTitle')}
          text={t('withdrawText')}
          doIt={t('withdraw')}
          done={t('withdrawn')}
          run={() => withdraw.mutateAsync({ params: { id: journey.id } })}
        >
          {t('withdraw')}
        </ConfirmAction>
      )}
      {mayAnswer && (
        <>
          <Button danger onClick={() => setAsking('reject')}>
            {t('sendBack')}
          </Button>
          <Button onClick={() => setAsking('approve')}>{t('approve')}</Button>
        </>
      )}
      {mayAsk && (
        <Button disabled={session.state !== 'saved'} onClick={() => setAsking('request')}>
          {t('reviewAsk')}
        </Button>
      )}
      {asking !== null && <ReviewDialog journey={journey} kind={asking} onClose={() => setAsking(null)} />}
    </>
  )
}

const dialogs = {
  request: { title: 'reviewAskTitle', text: 'reviewAskText', label: 'reviewNote', doIt: 'reviewAsk', done: 'reviewAsked' },
  approve: { title: 'approveTitle', text: 'approveText', label: 'comment', doIt: 'approve', done: 'approved' },
  reject: { title: 'sendBackTitle', text: null, label: 'comment', doIt: 'sendBack', done: 'sentBack' },
} as const

function ReviewDialog({ journey, kind, onClose }: { journey: JourneyDetail; kind: keyof typeof dialogs; onClose: () => void }) {
  const t = useT(releaseTexts)
  const ui = useT(uiTexts)
  const run = useRun()
  const { message } = App.useApp()
  const request = useMutate('journeyReviewRequest', { refresh })
  const decide = useMutate('journeyReviewDecide', { refresh })
  const [words, setWords] = useState('')
  const { title, text, label, doIt, done } = dialogs[kind]
  const { draftRevision } = journey
  const params = { id: journey.id }
  const send = async () => {
    if (kind === 'reject' && words.trim() === '') {
      void message.error(t('commentNeeded'))
      return
    }
    const work = () =>
      kind === 'request'
        ? request.mutateAsync({ params, body: { note: words, draftRevision } })
        : decide.mutateAsync({ params, body: { answer: kind === 'approve' ? 'approved' : 'rejected', comment: words, draftRevision } })
    if (await run(work, t(done))) onClose()
  }
  return (
    <Modal
      open
      title={t(title, { name: journey.name })}
      okText={t(doIt)}
      cancelText={ui('cancel')}
      okButtonProps={{ danger: kind === 'reject', loading: request.isPending || decide.isPending }}
      onOk={() => void send()}
      onCancel={onClose}
    >
      {text !== null && <p className="muted">{t(text)}</p>}
      <LatestChecks journey={journey} />
      <Input.TextArea
        aria-label={t(label)}
        placeholder={kind === 'request' ? t('reviewNoteHint') : t(label)}
        rows={3}
        maxLength={1_000}
        showCount
        value={words}
        onChange={(event) => setWords(event.target.value)}
      />
    </Modal>
  )
}

const tones: Record<JourneyReview['state'], Tone> = { requested: 'busy', approved: 'good', rejected: 'bad', withdrawn: 'calm' }

/** In the header, while somebody is asked or has answered about the draft as it is. */
export function ReviewLine({ journey, unpublished }: { journey: JourneyDetail; unpublished: boolean }) {
  const t = useT(releaseTexts)
  const who = useWho()
  const review = reviewOf(journey)
  if (review === null || (review.state === 'approved' && !unpublished)) return null
  return (
    <>
      {' · '}
      <ToneText tone={tones[review.state]}>
        {review.state === 'requested' && t('waitsForReview', { who: who(review.requestedBy) })}
        {review.state === 'approved' && t('approvedLine')}
        {review.state === 'rejected' && t('sentBackLine', { comment: review.comment })}
      </ToneText>
    </>
  )
}

export function ReviewList({ reviews }: { reviews: readonly JourneyReview[] }) {
  const t = useT(releaseTexts)
  const who = useWho()
  if (reviews.length === 0) return null
  return (
    <section className="data-table" aria-label={t('reviews')}>
      <Table
        size="small"
        pagination={false}
        rowKey="requestedAt"
        title={() => t('reviews')}
        dataSource={[...reviews]}
        columns={[
          {
            title: t('reviewBy'),
            key: 'by',
            render: (_, review) => (
              <>
                {who(review.requestedBy)} · <Time at={review.requestedAt} />
                {review.note !== '' && <p className="muted">{review.note}</p>}
              </>
            ),
          },
          {
            title: t('reviewAnswer'),
            key: 'answer',
            render: (_, review) => (
              <>
                <ToneText tone={tones[review.state]}>{t(`review_${review.state}`)}</ToneText>
                {!review.current && <span className="muted"> · {t('review_outdated')}</span>}
                {review.comment !== '' && <p className="muted">{review.comment}</p>}
              </>
            ),
          },
          {
            title: t('reviewAnsweredBy'),
            key: 'decided',
            render: (_, { decidedBy, decidedAt }) =>
              decidedBy !== null && decidedAt !== null ? (
                <>
                  {who(decidedBy)} · <Time at={decidedAt} />
                </>
              ) : (
                '–'
              ),
          },
        ]}
      />
    </section>
  )
}
