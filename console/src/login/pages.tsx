import { useQueryClient } from '@tanstack/react-query'
import { useRouter, useRouterState } from '@tanstack/react-router'
import { Alert, Button, Form, Input } from 'antd'
import { useEffect } from 'react'
import { useMutate } from '../api/hooks.ts'
import { useT } from '../i18n/index.ts'
import { LanguageSwitch } from '../shell/language-switch.tsx'
import { errorText } from '../ui/states.tsx'
import { texts as uiTexts } from '../ui/texts.ts'
import { pageAfterLogin } from './next-page.ts'
import { texts } from './texts.ts'
import './login.css'

export function LoginPage() {
  const t = useT(texts)
  const ui = useT(uiTexts)
  const client = useQueryClient()
  const { history } = useRouter()
  const next = useRouterState({ select: (state) => state.location.search.next })
  const login = useMutate('login')
  useEffect(() => {
    document.title = t('title')
  }, [t])
  return (
    <div className="login">
      <div className="login-language">
        <LanguageSwitch />
      </div>
      <main className="login-card">
        <img src="/favicon.svg" alt="" width={40} height={40} />
        <h1>{t('title')}</h1>
        <p className="muted">{t('lead')}</p>
        <Form<{ email: string; password: string }>
          layout="vertical"
          size="large"
          requiredMark={false}
          onFinish={(values) =>
            login.mutate(
              { body: values },
              {
                onSuccess: (me) => {
                  client.clear()
                  client.setQueryData(['me', {}], me)
                  history.push(pageAfterLogin(next))
                },
              },
            )
          }
        >
          <Form.Item name="email" label={t('email')} rules={[{ required: true, message: t('emailNeeded') }]}>
            <Input autoFocus autoComplete="username" type="email" />
          </Form.Item>
          <Form.Item name="password" label={t('password')} rules={[{ required: true, message: t('passwordNeeded') }]}>
            <Input.Password autoComplete="current-password" />
          </Form.Item>
          {login.error && <Alert type="error" showIcon title={errorText(login.error, ui)} style={{ marginBottom: 16 }} />}
          <Button type="primary" htmlType="submit" block loading={login.isPending}>
            {t('login')}
          </Button>
        </Form>
        <p className="login-hint muted">{t('firstLogin')}</p>
      </main>
    </div>
  )
}
