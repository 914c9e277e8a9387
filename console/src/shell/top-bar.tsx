import { DownOutlined, SearchOutlined } from '@ant-design/icons'
import { useNavigate } from '@tanstack/react-router'
import { Button, Dropdown, Input, Layout } from 'antd'
import { useRef, useState } from 'react'
import { call } from '../api/client.ts'
import { useT } from '../i18n/index.ts'
import { AlarmBell } from '../journeys/alarms/alarm-bell.tsx'
import { TaskNotice } from '../tasks/task-counts.tsx'
import { useKeys } from '../ui/keys.ts'
import { LanguageSwitch } from './language-switch.tsx'
import { useMe } from './me.ts'
import { texts } from './texts.ts'

export function TopBar() {
  const t = useT(texts)
  const me = useMe()
  return (
    <Layout.Header className="top-bar">
      <strong className="top-workspace ellipsis">{me?.workspace.name}</strong>
      <PeopleSearch />
      <AlarmBell />
      <TaskNotice />
      <LanguageSwitch />
      {me && (
        <Dropdown
          trigger={['click']}
          menu={{
            items: [
              { key: 'who', disabled: true, label: `${me.account.email} · ${t(`role_${me.role}`)}` },
              { type: 'divider' },
              { key: 'logout', label: t('logout') },
            ],
            onClick: ({ key }) => {
              // A full load afterwards: nothing of this account stays in memory.
              if (key === 'logout') void call('logout').finally(() => window.location.assign('/login'))
            },
          }}
        >
          <Button type="text" aria-label={t('account')}>
            {me.account.name} <DownOutlined style={{ fontSize: 10 }} />
          </Button>
        </Dropdown>
      )}
    </Layout.Header>
  )
}

/** Finds a person from anywhere. On a page with a search box of its own, `/` goes there. */
function PeopleSearch() {
  const t = useT(texts)
  const navigate = useNavigate()
  const [text, setText] = useState('')
  const box = useRef<HTMLDivElement>(null)
  useKeys({
    '/': () => {
      const own = document.querySelector<HTMLInputElement>('input[data-search-box], [data-search-box] input')
      const target = own ?? box.current?.querySelector('input')
      target?.focus()
      target?.select()
    },
  })
  return (
    <div className="top-search" ref={box}>
      <Input
        allowClear
        prefix={<SearchOutlined className="muted" />}
        suffix={<kbd title={t('searchHint')}>/</kbd>}
        placeholder={t('searchPeople')}
        aria-label={t('searchPeople')}
        value={text}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape') event.currentTarget.blur()
        }}
        onPressEnter={() => {
          const q = text.trim()
          if (q === '') return
          setText('')
          void navigate({ to: '/people', search: { q } })
        }}
      />
    </div>
  )
}
