import { LeftOutlined } from '@ant-design/icons'
import { Link } from '@tanstack/react-router'
import { type ReactNode, useEffect } from 'react'

export interface PageHeaderProps {
  title: ReactNode
  /** For the browser's tab, where the title is not a text. */
  tabTitle?: string
  /** One line: what this page is for, or facts about the thing. */
  subtitle?: ReactNode
  /** Beside the title: the state. */
  extra?: ReactNode
  /** One main action, at the right; others before it. */
  actions?: ReactNode
  /** Path of the list that this thing belongs to. */
  back?: { to: string; label: string }
}

export function PageHeader({ title, tabTitle, subtitle, extra, actions, back }: PageHeaderProps) {
  const text = tabTitle ?? (typeof title === 'string' ? title : null)
  useEffect(() => {
    if (text) document.title = `${text} · 潮汐`
  }, [text])
  return (
    <header className="page-header">
      <div className="page-header-words">
        <h1>
          {back && (
            <Link to={back.to} className="page-back" aria-label={back.label} title={back.label}>
              <LeftOutlined />
            </Link>
          )}
          <span className="page-title">{title}</span>
          {extra && <span className="page-extra">{extra}</span>}
        </h1>
        {subtitle && <div className="page-subtitle">{subtitle}</div>}
      </div>
      {actions && <div className="page-actions">{actions}</div>}
    </header>
  )
}
