/** What a refusal means for us; the reference of codes is help.aliyun.com/document_detail/101346.html. */
export type RefusalKind =
  /** The provider is busy or broken: try again soon. */
  | 'retry'
  /** This number has had enough for now: try again in the next window. */
  | 'frequency'
  /** Nothing of this account goes out: stop the sender. */
  | 'account'
  /** The number cannot be reached, ever. */
  | 'bad_address'
  /** The number refused this sender at the provider. */
  | 'blacklisted'
  /** The text, signature or template is wrong: this message never goes out. */
  | 'content'

const exact: Record<string, RefusalKind> = {
  'isv.BUSINESS_LIMIT_CONTROL': 'frequency',
  'isv.DAY_LIMIT_CONTROL': 'account',
  'isv.MONTH_LIMIT_CONTROL': 'account',
  'isv.MOBILE_NUMBER_ILLEGAL': 'bad_address',
  'isv.DOMESTIC_NUMBER_NOT_SUPPORTED': 'bad_address',
  'isv.MOBILE_IN_BLACK': 'blacklisted',
  'isv.OUT_OF_SERVICE': 'account',
  'isv.AMOUNT_NOT_ENOUGH': 'account',
  'isv.PRODUCT_UN_SUBSCRIPT': 'account',
  'isv.PRODUCT_UNSUBSCRIBE': 'account',
  'isv.ACCOUNT_ABNORMAL': 'account',
  'isv.ACCOUNT_NOT_EXISTS': 'account',
  'isv.DENY_IP_RANGE': 'account',
  'isp.RAM_PERMISSION_DENY': 'account',
  'isp.SYSTEM_ERROR': 'retry',
  'isp.UNKNOWN_ERROR': 'retry',
  'isv.SYSTEM_ERROR': 'retry',
  ServiceUnavailable: 'retry',
  InternalError: 'retry',
}

export function refusalKind(code: string): RefusalKind {
  const known = exact[code]
  if (known) return known
  if (/Throttling|LimitExceeded|TooManyRequests/i.test(code)) return 'retry'
  // A clock that is off or a nonce met twice mends itself with the next try.
  if (/SignatureNonceUsed|InvalidTimeStamp/.test(code)) return 'retry'
  if (/Signature|AccessKey|Forbidden|Unauthorized|PERMISSION|DENY|SecurityToken/i.test(code)) {
    return /SMS_SIGN|SIGN_STATE|SMS_SIGNATURE|SIGNATURE_SCENE/.test(code) ? 'content' : 'account'
  }
  return 'content'
}
