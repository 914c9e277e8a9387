import { defineTexts } from '../i18n/texts.ts'

export const texts = defineTexts({
  title: { zh: '登录潮汐', en: 'Log in to Chaoxi' },
  lead: { zh: '用户运营与营销自动化', en: 'Customer engagement for mobile commerce' },
  email: { zh: '邮箱', en: 'E-mail' },
  emailNeeded: { zh: '请填写邮箱', en: 'Enter your e-mail' },
  password: { zh: '密码', en: 'Password' },
  passwordNeeded: { zh: '请填写密码', en: 'Enter your password' },
  login: { zh: '登录', en: 'Log in' },
  firstLogin: {
    zh: '首次登录的账号和密码，启动服务时会打印在终端里。',
    en: 'The first account and its password are printed in the terminal when the server starts.',
  },
})
