/** Segment's `context` of this page. */
export function pageContext(win: Window): Record<string, unknown> {
  const { location, document, navigator } = win
  const campaign: Record<string, string> = {}
  new URLSearchParams(location.search).forEach((value, name) => {
    // utm_campaign is the campaign's `name` in Segment's words.
    if (name.indexOf('utm_') === 0) campaign[name === 'utm_campaign' ? 'name' : name.slice(4)] = value.slice(0, 200)
  })
  return {
    page: { path: location.pathname, search: location.search, url: location.href, title: document.title, referrer: document.referrer },
    userAgent: navigator.userAgent,
    locale: navigator.language,
    timezone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    ...(Object.keys(campaign).length === 0 ? {} : { campaign }),
  }
}
