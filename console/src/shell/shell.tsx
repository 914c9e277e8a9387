import { Outlet } from '@tanstack/react-router'
import { Layout } from 'antd'
import { useEndpoint } from '../api/hooks.ts'
import { useT } from '../i18n/index.ts'
import { ErrorState, Loading } from '../ui/states.tsx'
import { MeContext } from './me.ts'
import { SideMenu } from './menu.tsx'
import { texts } from './texts.ts'
import { TopBar } from './top-bar.tsx'

/** Around every page of someone who is logged in: the map at the left, the bar at the top. */
export function Shell() {
  const t = useT(texts)
  const me = useEndpoint('me')
  return (
    <MeContext value={me.data ?? null}>
      <Layout className="shell">
        <a href="#content" className="skip">
          {t('skip')}
        </a>
        <Layout.Sider width={184} theme="light" className="shell-side" breakpoint="lg" collapsedWidth={52}>
          <div className="brand">
            <img src="/favicon.svg" alt="" width={24} height={24} />
            <span className="brand-name">{t('product')}</span>
          </div>
          <nav aria-label={t('menu')}>
            <SideMenu />
          </nav>
        </Layout.Sider>
        <Layout>
          <TopBar />
          <main id="content" className="shell-content" tabIndex={-1}>
            {me.data ? (
              <Outlet />
            ) : me.error && me.error.code !== 'unauthorized' ? (
              <ErrorState error={me.error} onRetry={() => void me.refetch()} />
            ) : (
              <Loading />
            )}
          </main>
        </Layout>
      </Layout>
    </MeContext>
  )
}
