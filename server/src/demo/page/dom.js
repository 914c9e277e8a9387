/**
 * An element with attributes, `on…` listeners and children. Texts become text nodes, so nothing that a customer types
 * can turn into markup.
 */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) {
    if (value === false || value === null || value === undefined) continue
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value)
    else if (value === true) element.setAttribute(name, '')
    else element.setAttribute(name, String(value))
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false))
  return element
}

/** A picture of our own (pictures.js), parsed as SVG. */
export function svg(text) {
  const parsed = new DOMParser().parseFromString(text, 'image/svg+xml').documentElement
  return document.importNode(parsed, true)
}

export function fill(id, ...children) {
  document.getElementById(id).replaceChildren(...children.flat().filter(Boolean))
}

let toastTimer = 0
export function toast(text) {
  const place = document.getElementById('toast')
  place.textContent = text
  place.classList.add('on')
  clearTimeout(toastTimer)
  toastTimer = setTimeout(() => place.classList.remove('on'), 3500)
}
