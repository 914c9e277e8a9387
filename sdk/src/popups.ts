import type { WaitingPopup } from '@chaoxi/contract'
import type { Surroundings } from './surroundings.ts'

/** Draws a popup; calls back when its button or a way to close it is taken. Answers what removes it. */
export type PopupView = (popup: WaitingPopup, on: { clicked(): void; closed(): void }) => () => void

export interface Popups {
  /** Something happened: look soon, and for a while often. */
  look(): void
  visible(isVisible: boolean): void
  /** Another customer now: take away what is shown. */
  forget(): void
}

/** After something happened a journey may answer at once. */
export const lookAfterMs = 700
/** How often to look in the minute after something happened, and then. Not at all while nobody looks at the page. */
export const busyEveryMs = 4_000
export const calmEveryMs = 30_000
const busyForMs = 60_000
const reportTriesMax = 4

export interface PopupsOptions {
  readonly view: PopupView
  who(): { anonymousId: string; userId: string | null }
}

const isPopup = (value: unknown): value is WaitingPopup =>
  typeof value === 'object' && value !== null && 'id' in value && 'title' in value && 'action' in value

function parse(text: string): WaitingPopup[] {
  try {
    const body: unknown = JSON.parse(text)
    if (typeof body !== 'object' || body === null || !('popups' in body) || !Array.isArray(body.popups)) return []
    return body.popups.filter(isPopup)
  } catch {
    return []
  }
}

/** Asks for waiting popups, shows one at a time, each at most once a page, and reports what became of it. */
export function createPopups(around: Surroundings, { view, who }: PopupsOptions): Popups {
  const seen: string[] = []
  let isVisible = false
  let remove: (() => void) | null = null
  let cancel: (() => void) | null = null
  let asking = false
  let lastHappened = around.now()

  function report(id: string, what: 'shown' | 'clicked' | 'closed', attempt = 0): void {
    const retry = () => attempt + 1 < reportTriesMax && around.later(() => report(id, what, attempt + 1), 1_000 * 3 ** attempt)
    // `last`: a click may lead away from this page at once.
    around
      .transport({
        method: 'POST',
        path: `/v1/popups/${encodeURIComponent(id)}/${what}`,
        body: JSON.stringify(who()),
        last: what !== 'shown',
      })
      .then((answer) => answer.status >= 500 && retry(), retry)
  }

  function show(popup: WaitingPopup): void {
    seen.push(popup.id)
    const end = (what: 'clicked' | 'closed') => () => {
      if (remove === null) return
      remove()
      remove = null
      report(popup.id, what)
      schedule(calmEveryMs)
    }
    remove = view(popup, { clicked: end('clicked'), closed: end('closed') })
    report(popup.id, 'shown')
  }

  function schedule(ms: number): void {
    cancel?.()
    cancel = null
    if (isVisible) cancel = around.later(() => void ask(), ms)
  }

  async function ask(): Promise<void> {
    if (asking || remove !== null || !isVisible) return
    asking = true
    const { anonymousId, userId } = who()
    const query = `anonymousId=${encodeURIComponent(anonymousId)}${userId === null ? '' : `&userId=${encodeURIComponent(userId)}`}`
    const answer = await around.transport({ method: 'GET', path: `/v1/popups?${query}` }).catch(() => null)
    asking = false
    const popup = answer?.status === 200 ? parse(answer.text).find((one) => seen.indexOf(one.id) < 0) : undefined
    if (popup && who().anonymousId === anonymousId) show(popup)
    else schedule(around.now() - lastHappened < busyForMs ? busyEveryMs : calmEveryMs)
  }

  return {
    look() {
      lastHappened = around.now()
      schedule(lookAfterMs)
    },
    visible(nowVisible) {
      if (nowVisible === isVisible) return
      isVisible = nowVisible
      schedule(lookAfterMs)
    },
    forget() {
      remove?.()
      remove = null
    },
  }
}
