import { useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { Input, Modal } from 'antd'
import { useRef, useState } from 'react'
import { call } from '../api/client.ts'
import { useLanguage, useT } from '../i18n/index.ts'
import { useRun } from '../ui/confirm-action.tsx'
import { formatNumber } from '../ui/format.ts'
import type { PeopleSearch } from '../ui/people-number.tsx'
import { texts } from './texts.ts'

const pageSize = 200
/** People put into a segment by one request. */
const membersMax = 10_000

/** A segment by hand of the people whom the list holds at this moment; it says how far it is, and can be left at any time. */
export function SaveAsSegment({ query, suggestion, onClose }: { query: PeopleSearch; suggestion: string; onClose: () => void }) {
  const t = useT(texts)
  const language = useLanguage()
  const run = useRun()
  const navigate = useNavigate()
  const client = useQueryClient()
  const [name, setName] = useState(suggestion.slice(0, 100))
  const [gathered, setGathered] = useState<number | null>(null)
  const left = useRef(false)
  const close = () => {
    left.current = true
    onClose()
  }
  const gather = async () => {
    const people: number[] = []
    let cursor: string | null = null
    do {
      const page: Awaited<ReturnType<typeof call<'people'>>> = await call('people', {
        query: { ...query, limit: pageSize, ...(cursor === null ? {} : { cursor }) },
      })
      people.push(...page.items.map(({ id }) => id))
      setGathered(people.length)
      cursor = page.nextCursor
    } while (cursor !== null && !left.current)
    return people
  }
  const save = async () => {
    setGathered(0)
    const saved = await run(async () => {
      const people = await gather()
      if (left.current) return
      const segment = await call('segmentCreate', { body: { name: name.trim(), description: suggestion, mode: 'static', rule: null } })
      for (let from = 0; from < people.length; from += membersMax) {
        await call('segmentMembers', { params: { key: segment.key }, body: { add: people.slice(from, from + membersMax) } })
      }
      await client.invalidateQueries({ queryKey: ['segments'] })
      await navigate({ to: '/segments/$key', params: { key: segment.key } })
    })
    if (!saved) setGathered(null)
  }
  return (
    <Modal
      open
      title={t('saveAsSegment')}
      okText={t('saveAsSegmentDo')}
      cancelText={t('saveAsSegmentCancel')}
      okButtonProps={{ disabled: name.trim() === '' }}
      confirmLoading={gathered !== null}
      onOk={() => void save()}
      onCancel={close}
    >
      <p>{t('saveAsSegmentText')}</p>
      <Input autoFocus value={name} maxLength={100} aria-label={t('saveAsSegmentName')} onChange={(event) => setName(event.target.value)} />
      <p className="muted" aria-live="polite">
        {gathered !== null && t('saveAsSegmentProgress', { count: formatNumber(gathered, language) })}
      </p>
    </Modal>
  )
}
