import { expect, test } from 'vitest'
import { startTestApp } from '../harness/app.ts'

test('behind a public address, short links and the provider’s callbacks are reached there', async () => {
  const app = await startTestApp({ environment: { CHAOXI_PUBLIC_URL: 'https://m.shop.example/' } })
  try {
    const preview = await app.call('templatePreview', {
      body: { channel: 'sms', content: { kind: 'sms', text: '点击 {{ link }} 查看' }, linkUrl: 'https://shop.example/', personId: null },
    })
    expect(preview.fullText).toContain('https://m.shop.example/l/')
    const [forAdmin] = (await app.callAsAdmin('channelAccounts')).items
    expect(forAdmin?.callbackPath).toMatch(/^\/callbacks\/aliyun\/[\w-]{20,}$/)
    const report = await fetch(`${app.url}${forAdmin?.callbackPath}/report`, { method: 'POST', body: '[]' })
    expect(await report.json()).toMatchObject({ code: 0 })
    // A program, or an operator, could otherwise tell us receipts that never were.
    expect((await app.call('channelAccounts').catch(() => ({ items: [] }))).items.map((one) => one.callbackPath)).not.toContain(
      forAdmin?.callbackPath,
    )
  } finally {
    await app.close()
  }
})
