import { type Client, createClient } from './client.ts'
import { pageContext } from './context.ts'
import { createFetchTransport } from './fetch-transport.ts'
import { createPopupView } from './popup-view.ts'
import { pushable, type WrittenCall } from './pushable.ts'
import { browserStore } from './storage.ts'

// <script src="https://chaoxi.example/sdk/chaoxi.js" data-write-key="…" async></script> is all that a page needs:
// data-host (default: where the script came from), data-popups="off". Whether the script has loaded yet does not matter to
// `(window.chaoxi = window.chaoxi || []).push(['track', 'Product Viewed', {…}])`.

declare global {
  interface Window {
    chaoxi?: (Client & { push(...calls: WrittenCall[]): void }) | WrittenCall[]
  }
}

function uuid(): string {
  if (crypto.randomUUID) return crypto.randomUUID()
  // Only https pages and localhost have randomUUID.
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('')
}

function start(script: HTMLOrSVGScriptElement | null): void {
  const { writeKey, host, popups } = script?.dataset ?? {}
  const warn = (text: string) => console.warn(`[chaoxi] ${text}`)
  if (!(script instanceof HTMLScriptElement) || !writeKey) {
    warn('the script tag needs data-write-key')
    return
  }
  const base = (host || new URL(script.src).origin).replace(/\/+$/, '')
  const { locks } = navigator
  const client = createClient(
    {
      now: Date.now,
      random: Math.random,
      uuid,
      storage: browserStore(() => localStorage),
      transport: createFetchTransport(
        {
          fetch: (url, init) => fetch(url, init),
          sendBeacon: (url, body) => navigator.sendBeacon(url, body),
          keepalive: 'keepalive' in Request.prototype,
        },
        base,
        writeKey,
      ),
      later(work, ms) {
        const timer = setTimeout(work, ms)
        return () => clearTimeout(timer)
      },
      async exclusively(work) {
        // Old browsers and plain http have no locks; then two tabs may send the same event, which the server counts once.
        if (!locks) return work().then(() => true)
        return locks.request(`chaoxi:${writeKey}`, { ifAvailable: true }, async (lock) => {
          if (lock) await work()
          return lock !== null
        })
      },
      context: () => pageContext(window),
      warn,
    },
    { writeKey, view: popups === 'off' ? null : createPopupView(document) },
  )

  const before = window.chaoxi
  const chaoxi = pushable(client, warn)
  window.chaoxi = chaoxi
  if (Array.isArray(before)) chaoxi.push(...before)
  // pagehide is the only word that phones reliably say when a page goes.
  addEventListener('pagehide', client.leave)
  addEventListener('online', client.online)
  document.addEventListener('visibilitychange', () => {
    const isVisible = document.visibilityState === 'visible'
    client.visible(isVisible)
    if (!isVisible) client.leave()
  })
  client.start()
  if (document.visibilityState !== 'visible') client.visible(false)
  document.dispatchEvent(new CustomEvent('chaoxi:ready'))
}

start(document.currentScript)
