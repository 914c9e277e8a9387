import { Drawer } from 'antd'
import { useEndpoint } from '../api/hooks.ts'
import { useT } from '../i18n/index.ts'
import { Loaded } from '../ui/states.tsx'
import { MessageStory } from './message-story.tsx'
import { texts } from './texts.ts'

/** One message from making to click; null is closed. */
export function MessageDrawer({ id, onClose }: { id: string | null; onClose: () => void }) {
  const t = useT(texts)
  const message = useEndpoint('message', { params: { id: id ?? '' } }, { enabled: id !== null, refreshMs: 3_000 })
  const data = message.data && message.data.id === id ? message.data : undefined
  return (
    <Drawer open={id !== null} onClose={onClose} title={t('drawerTitle')} size={560} destroyOnHidden>
      {id !== null && (
        <Loaded query={{ data, error: message.error, refetch: message.refetch }}>{(found) => <MessageStory message={found} />}</Loaded>
      )}
    </Drawer>
  )
}
