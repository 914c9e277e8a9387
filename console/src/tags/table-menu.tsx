import { DownOutlined } from '@ant-design/icons'
import { tagCsv } from '@chaoxi/contract'
import { Button, Dropdown } from 'antd'
import { useState } from 'react'
import { call } from '../api/client.ts'
import { useT } from '../i18n/index.ts'
import { useCan } from '../shell/me.ts'
import { useWho } from '../shell/who.ts'
import { saveFile, useRun } from '../ui/index.ts'
import { TableImport } from './table-import.tsx'
import { tableTexts } from './table-texts.ts'

/** The tag table out as a file, and back in. */
export function TableMenu() {
  const t = useT(tableTexts)
  const run = useRun()
  const who = useWho()
  const canWrite = useCan('rules.write')
  const [importing, setImporting] = useState(false)
  const save = (kind: 'xlsx' | 'csv') =>
    run(async () => {
      const { items } = await call('tags')
      if (kind === 'csv') return saveFile(`${t('fileName')}.csv`, tagCsv(items, who))
      // The format is heavy, and rarely asked for.
      const { tagXlsx } = await import('@chaoxi/contract/tag-xlsx')
      saveFile(`${t('fileName')}.xlsx`, await tagXlsx(items, who))
    })
  return (
    <>
      <Dropdown
        trigger={['click']}
        menu={{
          items: [
            { key: 'xlsx', label: t('exportXlsx'), onClick: () => void save('xlsx') },
            { key: 'csv', label: t('exportCsv'), onClick: () => void save('csv') },
            ...(canWrite ? [{ key: 'import', label: t('importFile'), onClick: () => setImporting(true) }] : []),
          ],
        }}
      >
        <Button>
          {t('table')} <DownOutlined style={{ fontSize: 10 }} />
        </Button>
      </Dropdown>
      {importing && <TableImport onClose={() => setImporting(false)} />}
    </>
  )
}
