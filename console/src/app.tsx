import { QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { createRouter, RouterProvider } from '@tanstack/react-router'
import { App, ConfigProvider } from 'antd'
import enGB from 'antd/locale/en_GB'
import zhCN from 'antd/locale/zh_CN'
import { useEffect } from 'react'
import { ApiError } from './api/client.ts'
import { useLanguage } from './i18n/index.ts'
import { routeTree } from './routes.tsx'
import { parseSearch, stringifySearch } from './shell/search-params.ts'
import { theme } from './theme.ts'
import { Loading } from './ui/states.tsx'

const themes = { zh: theme('zh'), en: theme('en') }
const antdLocales = { zh: zhCN, en: enGB }

/** A second try is for answers that the registry calls retryable; the rest would only fail again. */
const retriesMax = 2

const queryClient = new QueryClient({
  queryCache: new QueryCache({
    onError: (error) => {
      if (error instanceof ApiError && error.code === 'unauthorized') toLogin()
    },
  }),
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      retry: (count, error) =>
        error instanceof ApiError && (error.code === 'unavailable' || error.code === 'unreachable') && count < retriesMax,
    },
  },
})

const router = createRouter({
  routeTree,
  parseSearch,
  stringifySearch,
  defaultPreload: 'intent',
  defaultPendingMs: 80,
  defaultPendingComponent: () => <Loading />,
  scrollRestoration: true,
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}

function toLogin(): void {
  const { pathname, searchStr } = router.state.location
  if (pathname === '/login') return
  queryClient.clear()
  void router.navigate({ to: '/login', search: { next: pathname + searchStr } })
}

export function ConsoleApp() {
  const language = useLanguage()
  useEffect(() => {
    document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en'
  }, [language])
  return (
    <ConfigProvider theme={themes[language]} locale={antdLocales[language]} componentSize="middle" button={{ autoInsertSpace: false }}>
      <App message={{ maxCount: 3 }} style={{ minHeight: '100%' }}>
        <QueryClientProvider client={queryClient}>
          <RouterProvider router={router} />
        </QueryClientProvider>
      </App>
    </ConfigProvider>
  )
}
