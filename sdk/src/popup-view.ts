import type { WaitingPopup } from '@chaoxi/contract'
import type { PopupView } from './popups.ts'

// In a shadow tree: the shop's styles do not reach in, ours do not reach out. The mark 广告 and a close button that
// works at one click are the law's (广告法 §14, §44; 互联网广告管理办法 §9, §10): no countdown, nothing in its way.
const style = `:host{all:initial}
.back{position:fixed;inset:0;z-index:2147483000;display:flex;align-items:center;justify-content:center;padding:16px;background:rgba(0,0,0,.5);font:15px/1.6 system-ui,"PingFang SC","Microsoft YaHei","Noto Sans CJK SC",sans-serif}
.box{position:relative;box-sizing:border-box;width:100%;max-width:340px;max-height:90vh;overflow:auto;padding:28px 24px 24px;border-radius:16px;background:#fff;color:#1f2329;text-align:center;outline:0;box-shadow:0 12px 40px rgba(0,0,0,.25)}
.mark{position:absolute;left:12px;top:12px;padding:0 6px;border:1px solid #8a919f;border-radius:4px;color:#5b6270;font-size:12px;line-height:18px}
.close{position:absolute;right:6px;top:6px;width:44px;height:44px;border:0;background:0;color:#1f2329;font-size:26px;line-height:1;cursor:pointer}
h2{margin:16px 0 8px;font-size:20px;line-height:1.35}
p{margin:0 0 20px;white-space:pre-line}
img{display:block;width:100%;margin-bottom:12px;border-radius:10px}
.go{width:100%;min-height:44px;border:0;border-radius:22px;background:#c8321f;color:#fff;font:inherit;font-weight:600;cursor:pointer}
button:focus-visible{outline:3px solid #2468f2;outline-offset:2px}`

/** An address as the page would open it, or null for anything but http(s) (`javascript:`, `data:` …). */
export function safeUrl(text: string, base: string): string | null {
  try {
    const url = new URL(text, base)
    return url.protocol === 'https:' || url.protocol === 'http:' ? url.href : null
  } catch {
    return null
  }
}

export function createPopupView(doc: Document): PopupView {
  const make = <K extends keyof HTMLElementTagNameMap>(tag: K, className: string, text = ''): HTMLElementTagNameMap[K] => {
    const element = doc.createElement(tag)
    element.className = className
    // Texts come from a template filled with customers' data: text they are, and never markup.
    element.textContent = text
    return element
  }

  function act({ action, id }: WaitingPopup): void {
    if (action.kind === 'coupon') {
      // The shop claims through its own server, which knows who is signed in.
      doc.dispatchEvent(new CustomEvent('chaoxi:coupon', { detail: { coupon: action.coupon, popupId: id } }))
    } else if (action.kind === 'link') {
      const url = safeUrl(action.url, doc.baseURI)
      if (url !== null) doc.location.assign(url)
    }
  }

  return (popup, on) => {
    const chinese = !/^en/i.test(doc.documentElement.lang)
    const host = make('div', '')
    host.id = 'chaoxi-popup'
    const root = host.attachShadow({ mode: 'open' })
    const back = make('div', 'back')
    const box = make('div', 'box')
    box.tabIndex = -1
    for (const [name, value] of [
      ['role', 'dialog'],
      ['aria-modal', 'true'],
      ['aria-labelledby', 't'],
      ['aria-describedby', 'b'],
    ] as const)
      box.setAttribute(name, value)
    const title = make('h2', '', popup.title)
    title.id = 't'
    const body = make('p', '', popup.body)
    body.id = 'b'
    const go = make('button', 'go', popup.button)
    const close = make('button', 'close', '×')
    close.setAttribute('aria-label', chinese ? '关闭' : 'Close')
    const image = popup.imageUrl === '' ? null : safeUrl(popup.imageUrl, doc.baseURI)
    if (popup.purpose !== 'transactional') box.append(make('span', 'mark', chinese ? '广告' : '广告 Ad'))
    if (image !== null) {
      const picture = make('img', '')
      picture.src = image
      picture.alt = ''
      box.append(picture)
    }
    box.append(title, body, go, close)
    back.append(box)
    root.append(make('style', '', style), back)

    go.onclick = () => {
      on.clicked()
      act(popup)
    }
    close.onclick = on.closed
    back.onclick = (event) => event.target === back && on.closed()
    const before = doc.activeElement
    const onKey = (event: KeyboardEvent) => {
      if (event.key === 'Escape') on.closed()
      if (event.key !== 'Tab') return
      // Two buttons: Tab goes from one to the other and stays inside.
      event.preventDefault()
      if (root.activeElement === go) close.focus()
      else go.focus()
    }
    doc.addEventListener('keydown', onKey, true)
    doc.body.append(host)
    box.focus()
    return () => {
      doc.removeEventListener('keydown', onKey, true)
      host.remove()
      if (before instanceof HTMLElement) before.focus()
    }
  }
}
