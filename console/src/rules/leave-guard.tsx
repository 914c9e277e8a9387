import { useBlocker } from '@tanstack/react-router'
import { Modal } from 'antd'
import { useT } from '../i18n/index.ts'
import { ruleTexts } from './texts.ts'

/** Asks before unsaved changes are left behind. */
export function LeaveGuard({ unsaved }: { unsaved: boolean }) {
  const t = useT(ruleTexts)
  const blocker = useBlocker({
    shouldBlockFn: ({ current, next }) => unsaved && current.pathname !== next.pathname,
    enableBeforeUnload: unsaved,
    withResolver: true,
  })
  return (
    <Modal
      open={blocker.status === 'blocked'}
      title={t('leaveTitle')}
      okText={t('leaveGo')}
      okButtonProps={{ danger: true }}
      cancelText={t('leaveStay')}
      onOk={() => blocker.proceed?.()}
      onCancel={() => blocker.reset?.()}
    >
      {t('leaveText')}
    </Modal>
  )
}
