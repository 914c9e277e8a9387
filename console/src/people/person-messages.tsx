import { useState } from 'react'
import { usePages } from '../api/hooks.ts'
import { useT } from '../i18n/index.ts'
import { useMessageColumns } from '../messages/message-columns.tsx'
import { MessageDrawer } from '../messages/message-drawer.tsx'
import { DataTable } from '../ui/data-table.tsx'
import { texts } from './texts.ts'

const refreshMs = 3_000

export function PersonMessages({ personId }: { personId: number }) {
  const t = useT(texts)
  const [opened, setOpened] = useState<string | null>(null)
  const list = usePages('messages', { query: { person: personId } }, { refreshMs })
  const columns = useMessageColumns({ person: false })
  return (
    <>
      <DataTable
        list={list}
        columns={columns}
        rowKey={(message) => message.id}
        onOpen={(message) => setOpened(message.id)}
        empty={{ title: t('messagesEmpty'), text: t('messagesEmptyText') }}
      />
      <MessageDrawer id={opened} onClose={() => setOpened(null)} />
    </>
  )
}
