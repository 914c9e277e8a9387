import type { TableColumnsType } from 'antd'
import { Drawer } from 'antd'
import { useMemo, useState } from 'react'
import { type RowOf, usePages } from '../api/hooks.ts'
import { type Language, type Translate, useLanguage, useT } from '../i18n/index.ts'
import { useWho } from '../shell/who.ts'
import { DataTable } from '../ui/data-table.tsx'
import { JsonView } from '../ui/json-view.tsx'
import { PageHeader } from '../ui/page-header.tsx'
import { Time } from '../ui/values.tsx'
import { actionText } from './audit-actions.ts'
import { AuditSubject } from './audit-subject.tsx'
import { texts } from './texts.ts'

type Entry = RowOf<'audit'>

export function AuditPage() {
  const t = useT(texts)
  const language = useLanguage()
  const who = useWho()
  const [opened, setOpened] = useState<Entry | null>(null)
  const list = usePages('audit', {})
  const columns = useMemo(() => columnsOf(t, language, who), [t, language, who])
  return (
    <>
      <PageHeader title={t('auditTitle')} subtitle={t('auditSubtitle')} />
      <DataTable<Entry> list={list} columns={columns} rowKey={(entry) => entry.id} onOpen={setOpened} empty={{ title: t('auditEmpty') }} />
      <Drawer
        open={opened !== null}
        size={520}
        onClose={() => setOpened(null)}
        title={opened && actionText(opened.action, language)}
        destroyOnHidden
      >
        {opened && (
          <div className="stack">
            <dl className="facts">
              <dt>{t('auditAt')}</dt>
              <dd>
                <Time at={opened.at} />
              </dd>
              <dt>{t('auditWho')}</dt>
              <dd>{who(opened.account)}</dd>
              <dt>{t('auditSubject')}</dt>
              <dd>{opened.subject}</dd>
            </dl>
            <JsonView value={opened.details} />
          </div>
        )}
      </Drawer>
    </>
  )
}

function columnsOf(t: Translate<keyof typeof texts>, language: Language, who: (actor: string) => string): TableColumnsType<Entry> {
  return [
    { title: t('auditAt'), dataIndex: 'at', width: 170, render: (at: string) => <Time at={at} /> },
    { title: t('auditWho'), key: 'who', width: 220, render: (_, entry) => who(entry.account) },
    {
      title: t('auditAction'),
      key: 'action',
      width: 180,
      render: (_, entry) => <span title={entry.action}>{actionText(entry.action, language)}</span>,
    },
    {
      title: t('auditSubject'),
      key: 'subject',
      render: (_, entry) => <AuditSubject entry={entry} />,
    },
  ]
}
