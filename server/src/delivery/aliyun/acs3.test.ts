import { expect, test } from 'vitest'
import { acs3Sign } from './acs3.ts'

/** Both vectors of the vendor's page on the signature; its table mixes the date of one with the signature of the other. */
const runInstances = (date: string, nonce: string) =>
  acs3Sign(
    {
      method: 'POST',
      path: '/',
      body: '',
      query: { ImageId: 'win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd', RegionId: 'cn-shanghai' },
      headers: {
        host: 'ecs.cn-shanghai.aliyuncs.com',
        'x-acs-action': 'RunInstances',
        'x-acs-date': date,
        'x-acs-signature-nonce': nonce,
        'x-acs-version': '2014-05-26',
      },
    },
    'YourAccessKeySecret',
  )

test("the vendor's own vectors come out", () => {
  const first = runInstances('2023-10-26T10:22:32Z', '3156853299f313e23d1673dc12e1703d')
  expect(first.canonicalHash).toBe('7ea06492da5221eba5297e897ce16e55f964061054b7695beedaac1145b1e259')
  expect(first.signature).toBe('06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0')
  const second = runInstances('2023-10-26T09:01:01Z', 'd410180a5abf7fe235dd9b74aca91fc0')
  expect(second.signature).toBe('e521358f7776c97df52e6b2891a8bc73026794a071b50c3323388c4e0df64804')
})

test('an SMS with Chinese and JSON in its parameters signs as computed apart', () => {
  const { signature } = acs3Sign(
    {
      method: 'POST',
      path: '/',
      body: '',
      query: {
        PhoneNumbers: '13900001234',
        SignName: '阿里云',
        TemplateCode: 'SMS_153055065',
        TemplateParam: '{"code":"1234"}',
        OutId: 'abcdefgh',
      },
      headers: {
        host: 'dysmsapi.aliyuncs.com',
        'x-acs-action': 'SendSms',
        'x-acs-date': '2024-01-01T00:00:00Z',
        'x-acs-signature-nonce': '0123456789abcdef0123456789abcdef',
        'x-acs-version': '2017-05-25',
      },
    },
    'YourAccessKeySecret',
  )
  expect(signature).toBe('be71685f54957bb3c18a3bce1f6bbd0fc57e29deacfbb303ca8622e0e61ba492')
})
