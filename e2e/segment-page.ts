import { AnalyticsBrowser } from '@segment/analytics-next'

// A shop's page that uses Segment's browser library as its documentation says, with our address in the place of theirs.

const address = new URL(location.href).searchParams
const analytics = AnalyticsBrowser.load({ writeKey: address.get('key') ?? '', cdnURL: address.get('server') ?? '' })

await analytics.identify('segment-browser-1', { name: '林小雨' })
await analytics.track('Product Viewed', { product_id: 'p-1', price: 25.5 })
await analytics.page('首页')
document.title = 'sent'
