import { useNavigate } from '@tanstack/react-router'
import { App, Badge, Button } from 'antd'
import { useEffect, useRef } from 'react'
import { useEndpoint } from '../api/hooks.ts'
import { useT } from '../i18n/index.ts'
import { useMe } from '../shell/me.ts'
import { texts } from './texts.ts'

const refreshMs = 10_000

function useCounts() {
  const me = useMe()
  return useEndpoint('taskCounts', {}, { refreshMs, enabled: me?.permissions.includes('tasks.write') ?? false }).data
}

/** In the navigation: how many tasks are mine, or to be taken by me. */
export function TaskBadge() {
  const t = useT(texts)
  const counts = useCounts()
  const count = counts === undefined ? 0 : counts.mine + counts.role
  if (counts === undefined || count === 0) return null
  return (
    <Badge
      count={count}
      size="small"
      overflowCount={999}
      color={counts.overdue > 0 ? '#c53b2f' : '#5f6b78'}
      title={t('badge', { count })}
      className="task-badge"
    />
  )
}

/** Says so when a task of high priority comes while the console is open. */
export function TaskNotice() {
  const t = useT(texts)
  const { notification } = App.useApp()
  const navigate = useNavigate()
  const newest = useCounts()?.newestUrgent
  const seen = useRef<string | null | undefined>(undefined)
  const fresh = seen.current !== undefined && newest !== null && newest !== undefined && newest > (seen.current ?? '') ? newest : null
  const task = useEndpoint('task', { params: { id: fresh ?? '' } }, { enabled: fresh !== null }).data
  useEffect(() => {
    if (newest === undefined) return
    if (seen.current === undefined) seen.current = newest
    if (fresh === null || task === undefined || task.id !== fresh) return
    seen.current = fresh
    // The notice hangs outside the router: a link would not find it.
    const open = () => {
      notification.destroy('urgent-task')
      void navigate({ to: '/tasks', search: { task: fresh } })
    }
    notification.warning({
      key: 'urgent-task',
      title: t('urgentTitle'),
      description: (
        <>
          <div>{task.title}</div>
          <Button type="link" size="small" onClick={open}>
            {t('openIt')}
          </Button>
        </>
      ),
      duration: 15,
    })
  }, [newest, fresh, task, notification, navigate, t])
  return null
}
