import type { Language } from '../i18n/language.ts'
import type { Text } from '../i18n/texts.ts'

/** Why a message was held, dropped or failed, in plain words. Providers' own codes are at the end. */
export const reasonTexts: Readonly<Record<string, Text>> = {
  allowed: { zh: '各项检查通过', en: 'Every check passed' },
  // Held: it goes out later.
  quiet_hours: { zh: '免打扰时段，到点再发', en: 'Quiet hours; it goes out when they end' },
  awaiting_visit: { zh: '等用户打开店铺时展示', en: 'Waits for the customer to open the shop' },
  template_review: { zh: '等服务商审核短信模板', en: 'The provider is reviewing the SMS template' },
  provider_unreachable: { zh: '连不上服务商，稍后重试', en: 'The provider cannot be reached; tried again later' },
  account_paused: { zh: '服务商账号异常，暂停发送', en: 'The provider refuses the account; sending is paused' },
  rate_limited: { zh: '服务商限速，稍后重试', en: 'The provider limits the rate; tried again later' },
  // Dropped: the person.
  no_consent: { zh: '用户没有授权营销消息', en: 'No marketing consent' },
  never_given: { zh: '从未授权', en: 'Never consented' },
  withdrawn: { zh: '已撤回授权', en: 'Withdrawn' },
  suppressed: { zh: '用户已退订或号码在禁发名单', en: 'Unsubscribed, or the address is suppressed' },
  opt_out: { zh: '用户回复退订', en: 'Opted out by reply' },
  refused_all: { zh: '用户拒绝一切消息', en: 'Refused every message' },
  bad_address: { zh: '号码无效或停机', en: 'The number does not exist or is out of service' },
  blacklisted: { zh: '用户在服务商侧拒收', en: 'Refused at the provider' },
  frequency_cap: { zh: '达到营销频次上限', en: 'Marketing limit reached' },
  no_address: { zh: '没有可用的联系方式', en: 'No address for this channel' },
  exited: { zh: '用户已离开流程', en: 'The person had left the journey' },
  fallback: { zh: '没在时间内到达，改走下一个渠道', en: 'Did not get there in time: the next channel was tried' },
  pointless: { zh: '等待期间用户已完成，无需再发', en: 'It happened while the message waited' },
  // Dropped: the content, or the time.
  expired: { zh: '超过有效时间', en: 'Its time was over' },
  missing_variable: { zh: '模板变量缺值，又没有默认值', en: 'A template variable had neither value nor fallback' },
  template_missing: { zh: '模板不存在或已归档', en: 'The template is gone or archived' },
  template_rejected: { zh: '服务商没有通过短信模板', en: 'The provider rejected the SMS template' },
  render_failed: { zh: '模板渲染失败', en: 'The template could not be rendered' },
  too_long: { zh: '短信过长', en: 'The SMS is too long' },
  link_target: { zh: '链接地址为空', en: 'The link leads nowhere' },
  no_sms_account: { zh: '短信账号未配置', en: 'The SMS account is not set up' },
  // Failed or unknown: the provider.
  failed: { zh: '服务商回执：发送失败', en: 'The receipt says that it failed' },
  unknown_outcome: { zh: '服务商没有应答，正在核实', en: 'The provider did not answer; being looked up' },
  retry: { zh: '服务商繁忙，稍后重试', en: 'The provider is busy; tried again later' },
  frequency: { zh: '服务商对该号码限流，稍后重试', en: 'The provider limits this number; tried again later' },
  account: { zh: '服务商账号异常', en: 'Something is wrong with the provider account' },
  content: { zh: '服务商不接受这段内容', en: 'The provider does not accept this text' },
  DELIVERED: { zh: '已送达手机', en: 'Delivered to the phone' },
  OK: { zh: '服务商已受理', en: 'Accepted by the provider' },
  'isv.BUSINESS_LIMIT_CONTROL': { zh: '运营商对该号码限流', en: 'The carrier limits messages to this number' },
  'isv.DAY_LIMIT_CONTROL': { zh: '超过服务商账号的日限额', en: "Over the account's daily limit" },
  'isv.MONTH_LIMIT_CONTROL': { zh: '超过服务商账号的月限额', en: "Over the account's monthly limit" },
  'isv.MOBILE_IN_BLACK': { zh: '用户在服务商侧拒收', en: 'Refused at the provider' },
  'isv.DOMESTIC_NUMBER_NOT_SUPPORTED': { zh: '不支持该地区的号码', en: 'Numbers of this region are not supported' },
  'isv.ACCOUNT_ABNORMAL': { zh: '服务商账号异常', en: 'Something is wrong with the provider account' },
  'isv.ACCOUNT_NOT_EXISTS': { zh: '服务商账号不存在', en: 'The provider account does not exist' },
  'isp.SYSTEM_ERROR': { zh: '服务商系统错误，稍后重试', en: 'The provider failed; tried again later' },
  'isv.SYSTEM_ERROR': { zh: '服务商系统错误，稍后重试', en: 'The provider failed; tried again later' },
  'isp.UNKNOWN_ERROR': { zh: '服务商未知错误，稍后重试', en: 'Unknown failure at the provider; tried again later' },
  'isv.MOBILE_NUMBER_ILLEGAL': { zh: '手机号格式不对', en: 'Not a valid phone number' },
  'isv.MOBILE_COUNT_OVER_LIMIT': { zh: '一次提交的号码过多', en: 'Too many numbers at once' },
  'isv.TEMPLATE_MISSING_PARAMETERS': { zh: '短信模板缺少变量', en: 'The SMS template lacks a variable' },
  'isv.INVALID_PARAMETERS': { zh: '提交给服务商的参数有误', en: 'The provider was given wrong parameters' },
  'isv.AMOUNT_NOT_ENOUGH': { zh: '服务商账号余额不足', en: 'The provider account is out of money' },
  'isv.OUT_OF_SERVICE': { zh: '服务商账号已停机', en: 'The provider account is out of service' },
  'isv.SMS_SIGNATURE_ILLEGAL': { zh: '短信签名未通过审核', en: 'The SMS signature is not approved' },
  'isv.SMS_TEMPLATE_ILLEGAL': { zh: '短信模板未通过审核', en: 'The SMS template is not approved' },
  'isv.BLACK_KEY_CONTROL_LIMIT': { zh: '内容含敏感词', en: 'The text has a forbidden word' },
  'isp.RAM_PERMISSION_DENY': { zh: '服务商账号没有发送权限', en: 'The provider account may not send' },
  SignatureDoesNotMatch: { zh: '服务商密钥不对', en: "The provider's key is wrong" },
  MK_0001: { zh: '运营商：空号', en: 'Carrier: number not in use' },
  MOBILE_NOT_ON_SERVICE: { zh: '手机停机', en: 'The phone is out of service' },
  MOBILE_IN_BLACK: { zh: '号码在运营商黑名单', en: 'The carrier has blocked the number' },
}

/** The plain words of a reason; a code nobody has put into words is shown as the provider's own. */
export function reasonText(reason: string, language: Language): string {
  const text = Object.hasOwn(reasonTexts, reason) ? reasonTexts[reason] : undefined
  if (text) return text[language]
  return language === 'zh' ? `服务商返回 ${reason}` : `Provider's code ${reason}`
}

/** Reasons that the log can be filtered by. */
export const commonReasons = [
  'no_consent',
  'suppressed',
  'quiet_hours',
  'frequency_cap',
  'no_address',
  'awaiting_visit',
  'exited',
  'pointless',
  'expired',
  'missing_variable',
  'template_missing',
  'template_review',
  'no_sms_account',
  'unknown_outcome',
] as const
