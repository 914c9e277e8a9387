import type { Language } from '../i18n/language.ts'
import type { Text } from '../i18n/texts.ts'

/** Why a message was held, dropped or failed, in plain words. Providers' own codes are at the end. */
export const reasonTexts: Readonly<Record<string, Text>> = {
  allowed: { zh: '各项检查通过', en: 'Every check passed' },
  ok: { zh: '各项检查通过', en: 'Every check passed' },
  no_consent: { zh: '用户没有授权营销消息', en: 'No marketing consent' },
  consent_withdrawn: { zh: '用户已撤回营销授权', en: 'Marketing consent was withdrawn' },
  suppressed: { zh: '用户已退订或号码在禁发名单', en: 'Unsubscribed, or the address is suppressed' },
  unsubscribed: { zh: '用户已退订', en: 'Unsubscribed' },
  opt_out: { zh: '用户回复退订', en: 'Opted out by reply' },
  hard_bounce: { zh: '号码无效', en: 'The address does not exist' },
  complaint: { zh: '用户投诉过', en: 'The person complained' },
  manual: { zh: '人工登记', en: 'Entered by staff' },
  quiet_hours: { zh: '免打扰时段，到点再发', en: 'Quiet hours; it goes out when they end' },
  frequency_cap: { zh: '达到营销频次上限', en: 'Marketing limit reached' },
  no_address: { zh: '没有可用的联系方式', en: 'No address for this channel' },
  expired: { zh: '超过有效时间', en: 'Its time was over' },
  missing_variable: { zh: '模板变量缺值，又没有默认值', en: 'A template variable had neither value nor fallback' },
  template_missing: { zh: '模板不存在或已归档', en: 'The template is gone or archived' },
  no_template: { zh: '模板不存在或已归档', en: 'The template is gone or archived' },
  render_failed: { zh: '模板渲染失败', en: 'The template could not be rendered' },
  invalid_template: { zh: '模板渲染失败', en: 'The template could not be rendered' },
  exited: { zh: '用户已离开流程', en: 'The person had left the journey' },
  journey_exited: { zh: '用户已离开流程', en: 'The person had left the journey' },
  journey_paused: { zh: '流程已暂停', en: 'The journey is paused' },
  no_channel_account: { zh: '渠道账号未配置', en: 'The channel account is not set up' },
  not_configured: { zh: '渠道账号未配置', en: 'The channel account is not set up' },
  rate_limited: { zh: '渠道限速，稍后重试', en: 'The provider limits the rate; tried again later' },
  provider_refused: { zh: '渠道拒绝发送', en: 'The provider refused it' },
  provider_error: { zh: '渠道返回错误', en: 'The provider returned an error' },
  provider_unavailable: { zh: '渠道暂时不可用，稍后重试', en: 'The provider is not available; tried again later' },
  timeout: { zh: '渠道没有及时应答，等待核实', en: 'The provider did not answer in time; to be confirmed' },
  outcome_unknown: { zh: '渠道没有应答，等待核实', en: 'The provider did not answer; to be confirmed' },
  unknown_outcome: { zh: '渠道没有应答，等待核实', en: 'The provider did not answer; to be confirmed' },
  attempts_exhausted: { zh: '多次重试仍未成功', en: 'Every retry failed' },
  person_gone: { zh: '用户资料已删除', en: 'The person was deleted' },
  DELIVERED: { zh: '已送达手机', en: 'Delivered to the phone' },
  OK: { zh: '渠道已受理', en: 'Accepted by the provider' },
  'isv.BUSINESS_LIMIT_CONTROL': { zh: '运营商对该号码限流', en: 'The carrier limits messages to this number' },
  'isv.MOBILE_NUMBER_ILLEGAL': { zh: '手机号格式不对', en: 'Not a valid phone number' },
  'isv.MOBILE_COUNT_OVER_LIMIT': { zh: '一次提交的号码过多', en: 'Too many numbers at once' },
  'isv.TEMPLATE_MISSING_PARAMETERS': { zh: '短信模板缺少变量', en: 'The SMS template lacks a variable' },
  'isv.INVALID_PARAMETERS': { zh: '提交给渠道的参数有误', en: 'The provider was given wrong parameters' },
  'isv.AMOUNT_NOT_ENOUGH': { zh: '渠道账号余额不足', en: 'The provider account is out of money' },
  'isv.OUT_OF_SERVICE': { zh: '渠道账号已停机', en: 'The provider account is out of service' },
  'isv.SMS_SIGNATURE_ILLEGAL': { zh: '短信签名未通过审核', en: 'The SMS signature is not approved' },
  'isv.SMS_TEMPLATE_ILLEGAL': { zh: '短信模板未通过审核', en: 'The SMS template is not approved' },
  'isv.BLACK_KEY_CONTROL_LIMIT': { zh: '内容含敏感词', en: 'The text has a forbidden word' },
  'isp.RAM_PERMISSION_DENY': { zh: '渠道账号没有发送权限', en: 'The provider account may not send' },
  SignatureDoesNotMatch: { zh: '渠道密钥不对', en: 'The provider’s key is wrong' },
  MK_0001: { zh: '运营商：空号', en: 'Carrier: number not in use' },
  MOBILE_NOT_ON_SERVICE: { zh: '手机停机', en: 'The phone is out of service' },
  MOBILE_IN_BLACK: { zh: '号码在运营商黑名单', en: 'The carrier has blocked the number' },
}

/** The plain words of a reason; a code nobody has put into words is shown as the provider's own. */
export function reasonText(reason: string, language: Language): string {
  const text = Object.hasOwn(reasonTexts, reason) ? reasonTexts[reason] : undefined
  if (text) return text[language]
  return language === 'zh' ? `渠道返回 ${reason}` : `Provider’s code ${reason}`
}

/** Reasons that the log can be filtered by. */
export const commonReasons = [
  'no_consent',
  'suppressed',
  'quiet_hours',
  'frequency_cap',
  'no_address',
  'expired',
  'missing_variable',
  'exited',
] as const
