import type { PeopleSave } from '@chaoxi/contract'
import { useQueryClient } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { Alert, Input, Modal, Progress } from 'antd'
import { useEffect, useState } from 'react'
import { call } from '../api/client.ts'
import { useEndpoint } from '../api/hooks.ts'
import { useLanguage, useT } from '../i18n/index.ts'
import { useRun } from '../ui/confirm-action.tsx'
import { formatNumber } from '../ui/format.ts'
import { texts } from './texts.ts'

const refreshMs = 1_000

interface SaveProps {
  query: Record<string, unknown>
  suggestion: string
  onClose: () => void
}

/** A segment by hand of the people whom the list holds now; the server gathers them, whether somebody looks or not. */
export function SaveAsSegment({ query, suggestion, onClose }: SaveProps) {
  const t = useT(texts)
  const run = useRun()
  const client = useQueryClient()
  const [name, setName] = useState(suggestion.slice(0, 100))
  const [begun, setBegun] = useState<PeopleSave | null>(null)
  const [sending, setSending] = useState(false)
  const save = async () => {
    setSending(true)
    await run(async () => {
      setBegun(await call('peopleSave', { body: { name: name.trim(), description: suggestion, filter: query } }))
      await client.invalidateQueries({ queryKey: ['segments'] })
    })
    setSending(false)
  }
  return (
    <Modal
      open
      title={t('saveAsSegment')}
      okText={t('saveAsSegmentDo')}
      cancelText={t(begun === null ? 'saveAsSegmentCancel' : 'saveAsSegmentLeave')}
      okButtonProps={{ disabled: name.trim() === '', style: begun === null ? {} : { display: 'none' } }}
      confirmLoading={sending}
      onOk={() => void save()}
      onCancel={onClose}
    >
      {begun === null ? (
        <>
          <p>{t('saveAsSegmentText')}</p>
          <Input
            autoFocus
            value={name}
            maxLength={100}
            aria-label={t('saveAsSegmentName')}
            onChange={(event) => setName(event.target.value)}
            onPressEnter={() => void (name.trim() !== '' && save())}
          />
        </>
      ) : (
        <Saving begun={begun} />
      )}
    </Modal>
  )
}

/** How far it is; when all are in, the segment opens. */
function Saving({ begun }: { begun: PeopleSave }) {
  const t = useT(texts)
  const language = useLanguage()
  const navigate = useNavigate()
  const [ended, setEnded] = useState(false)
  const { data } = useEndpoint('peopleSaved', { params: { id: begun.id } }, { refreshMs: ended ? undefined : refreshMs })
  const save = data ?? begun
  const { state, saved, about, segmentKey } = save
  useEffect(() => {
    if (state === 'running') return
    setEnded(true)
    if (state === 'done') void navigate({ to: '/segments/$key', params: { key: segmentKey } })
  }, [state, segmentKey, navigate])
  if (state === 'failed')
    return <Alert type="error" showIcon title={t(save.problem === 'filter_gone' ? 'saveFilterGone' : 'saveSegmentGone')} />
  return (
    <div aria-live="polite" data-saving>
      <Progress percent={about ? Math.min(99, Math.floor((saved / about) * 100)) : 0} status="active" />
      <p>
        {about === null
          ? t('saveCounting')
          : t('saveProgress', { count: formatNumber(saved, language), about: formatNumber(Math.max(about, saved), language) })}
      </p>
      <p className="muted">
        {t('saveInBackground')}{' '}
        <Link to="/segments/$key" params={{ key: segmentKey }}>
          {t('saveOpenSegment')}
        </Link>
      </p>
    </div>
  )
}
