import {
  ApiOutlined,
  AuditOutlined,
  BarChartOutlined,
  BookOutlined,
  BranchesOutlined,
  CarryOutOutlined,
  DashboardOutlined,
  DatabaseOutlined,
  FileTextOutlined,
  GiftOutlined,
  KeyOutlined,
  MessageOutlined,
  PieChartOutlined,
  SafetyCertificateOutlined,
  SendOutlined,
  SettingOutlined,
  TagsOutlined,
  TeamOutlined,
  UsergroupAddOutlined,
  UserOutlined,
} from '@ant-design/icons'
import { Link, useRouterState } from '@tanstack/react-router'
import { Menu } from 'antd'
import type { ReactNode } from 'react'
import { useT } from '../i18n/index.ts'
import { TaskBadge } from '../tasks/task-counts.tsx'
import { texts } from './texts.ts'

type Key = keyof typeof texts
interface Place {
  to: string
  text: Key
  icon: ReactNode
  badge?: ReactNode
}

/** The product's one map; a page takes its place here when its domain lands. */
const groups: readonly { text: Key; places: readonly Place[] }[] = [
  { text: 'overviewGroup', places: [{ to: '/', text: 'today', icon: <DashboardOutlined /> }] },
  {
    text: 'peopleGroup',
    places: [
      { to: '/people', text: 'people', icon: <UserOutlined /> },
      { to: '/tags', text: 'tags', icon: <TagsOutlined /> },
      { to: '/segments', text: 'segments', icon: <UsergroupAddOutlined /> },
      { to: '/portraits', text: 'portraits', icon: <PieChartOutlined /> },
      { to: '/governance', text: 'governance', icon: <SafetyCertificateOutlined /> },
    ],
  },
  {
    text: 'engageGroup',
    places: [
      { to: '/journeys', text: 'journeys', icon: <BranchesOutlined /> },
      { to: '/tasks', text: 'tasks', icon: <CarryOutOutlined />, badge: <TaskBadge /> },
      { to: '/playbooks', text: 'playbooks', icon: <BookOutlined /> },
      { to: '/templates', text: 'templates', icon: <FileTextOutlined /> },
      { to: '/messages', text: 'messages', icon: <MessageOutlined /> },
    ],
  },
  { text: 'benefitsGroup', places: [{ to: '/coupons', text: 'coupons', icon: <GiftOutlined /> }] },
  { text: 'insightGroup', places: [{ to: '/effects', text: 'effects', icon: <BarChartOutlined /> }] },
  {
    text: 'settingsGroup',
    places: [
      { to: '/quarantine', text: 'quarantine', icon: <DatabaseOutlined /> },
      { to: '/settings/channels', text: 'channels', icon: <SendOutlined /> },
      { to: '/settings/endpoints', text: 'endpoints', icon: <ApiOutlined /> },
      { to: '/settings/members', text: 'members', icon: <TeamOutlined /> },
      { to: '/settings/keys', text: 'keys', icon: <KeyOutlined /> },
      { to: '/settings/workspace', text: 'workspace', icon: <SettingOutlined /> },
      { to: '/settings/audit', text: 'audit', icon: <AuditOutlined /> },
    ],
  },
]

export function SideMenu() {
  const t = useT(texts)
  const path = useRouterState({ select: (state) => state.location.pathname })
  const places = groups.flatMap((group) => group.places)
  const here = places.find(({ to }) => path === to || (to !== '/' && path.startsWith(`${to}/`)))
  return (
    <Menu
      mode="inline"
      inlineIndent={14}
      selectedKeys={here ? [here.to] : []}
      items={groups.map((group) => ({
        type: 'group',
        key: group.text,
        label: t(group.text),
        children: group.places.map(({ to, text, icon, badge }) => ({
          key: to,
          icon,
          label: (
            <Link to={to}>
              {t(text)}
              {badge}
            </Link>
          ),
        })),
      }))}
    />
  )
}
