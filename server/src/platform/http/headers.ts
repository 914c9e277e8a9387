import type { MiddlewareHandler } from 'hono'

// antd writes <style> elements and style attributes at run time, hence 'unsafe-inline' for styles and for nothing else.
// Pictures of products come from wherever the shop keeps them.
const consolePolicy = [
  "default-src 'self'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob: https: http:",
  "font-src 'self' data:",
  "connect-src 'self'",
  "object-src 'none'",
  "base-uri 'self'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ')

/** Headers that every answer carries. */
export const commonHeaders: MiddlewareHandler = async (c, next) => {
  await next()
  c.res.headers.set('x-content-type-options', 'nosniff')
  c.res.headers.set('referrer-policy', 'strict-origin-when-cross-origin')
}

/** For the console's pages: no foreign script, no framing. */
export const consoleHeaders: MiddlewareHandler = async (c, next) => {
  await next()
  c.res.headers.set('content-security-policy', consolePolicy)
  c.res.headers.set('x-frame-options', 'DENY')
  c.res.headers.set('cross-origin-opener-policy', 'same-origin')
  c.res.headers.set('permissions-policy', 'camera=(), microphone=(), geolocation=()')
}
