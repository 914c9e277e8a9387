// The goods, drawn: a soft ground and a few shapes each, so that the shop needs no photograph.
const art = {
  p01: [
    '#fde7df',
    '#f7c9ba',
    '<path d="M84 46h32l6 22 24 78H54l24-78z" fill="#c65b45"/><path d="M84 46c4 12 28 12 32 0" fill="none" stroke="#fff" stroke-width="4"/><path d="M72 92h56M66 112h68M60 132h80" stroke="#fff" stroke-width="5" opacity=".75"/><path d="M78 68h44" stroke="#8d3a2a" stroke-width="6"/>',
  ],
  p02: [
    '#e4f0f8',
    '#bcd9ee',
    '<path d="M44 118c0-20 14-38 26-46l16 12c10 14 30 20 52 24 12 2 18 10 18 18v6H44z" fill="#fff"/><path d="M44 128h112v10c0 6-4 8-10 8H54c-6 0-10-3-10-8z" fill="#3d6f94"/><path d="M84 88l-14 12M94 96l-12 12M106 102l-10 12" stroke="#3d6f94" stroke-width="4"/>',
  ],
  p03: [
    '#efe9dc',
    '#d9cbac',
    '<path d="M56 82h88l10 66H46z" fill="#8a6a3f"/><path d="M76 86V70c0-30 48-30 48 0v16" fill="none" stroke="#5d4526" stroke-width="7"/><rect x="86" y="104" width="28" height="18" rx="4" fill="#e9d9b8"/>',
  ],
  p04: [
    '#e9f3ea',
    '#c5e2ca',
    '<rect x="78" y="80" width="44" height="72" rx="10" fill="#fff" stroke="#5f9a6c" stroke-width="4"/><rect x="88" y="62" width="24" height="20" fill="#5f9a6c"/><path d="M94 38h12l4 24H90z" fill="#35613f"/><path d="M80 112h40v30a8 8 0 0 1-8 8H88a8 8 0 0 1-8-8z" fill="#9fd0aa"/>',
  ],
  p05: [
    '#fbe3e6',
    '#f2bcc4',
    '<rect x="82" y="98" width="36" height="54" rx="5" fill="#2c2730"/><rect x="86" y="80" width="28" height="20" fill="#d9a441"/><path d="M90 80V58l20-14v36z" fill="#d1382f"/>',
  ],
  p06: [
    '#e6e6f4',
    '#c6c6e4',
    '<path d="M54 112a46 46 0 0 1 92 0" fill="none" stroke="#33335e" stroke-width="10"/><rect x="42" y="104" width="26" height="44" rx="12" fill="#4b4b86"/><rect x="132" y="104" width="26" height="44" rx="12" fill="#4b4b86"/><circle cx="100" cy="40" r="0"/>',
  ],
  p07: [
    '#e3eef0',
    '#bcd5da',
    '<rect x="68" y="46" width="64" height="108" rx="14" fill="#2f4a52"/><circle cx="100" cy="88" r="22" fill="none" stroke="#7fd1c7" stroke-width="5"/><path d="M104 74l-12 18h8l-4 14 13-19h-8z" fill="#ffd28a"/><path d="M84 138h8m4 0h8m4 0h8" stroke="#7fd1c7" stroke-width="5"/>',
  ],
  p08: [
    '#f3ece4',
    '#e0cdb7',
    '<path d="M70 66h60l-8 84a8 8 0 0 1-8 7H86a8 8 0 0 1-8-7z" fill="#fff"/><path d="M74 92h52l-4 34H78z" fill="#a5673f"/><rect x="64" y="52" width="72" height="16" rx="8" fill="#5b3a22"/><path d="M92 40c-4-8 6-8 2-16m16 16c-4-8 6-8 2-16" fill="none" stroke="#a98" stroke-width="4" stroke-linecap="round"/>',
  ],
  p09: [
    '#fdf3da',
    '#f4dca0',
    '<path d="M70 52h44l18 42H52z" fill="#b5793a"/><path d="M92 94v46" stroke="#6d4620" stroke-width="7"/><rect x="60" y="140" width="64" height="12" rx="6" fill="#6d4620"/><path d="M58 98l-10 36h88l-10-36z" fill="#fff" opacity=".55"/>',
  ],
  p10: [
    '#e2f1f1',
    '#b7dcdc',
    '<rect x="66" y="84" width="68" height="66" rx="10" fill="#fff"/><path d="M66 120c12 0 12-10 23-10s11 10 22 10 12-10 23-10v30a10 10 0 0 1-10 10H76a10 10 0 0 1-10-10z" fill="#5cb3ad"/><path d="M100 84V70" stroke="#333" stroke-width="4"/><path d="M100 40c12 14 8 28 0 30-8-2-12-16 0-30z" fill="#f2a33a"/>',
  ],
  p11: [
    '#f6ead9',
    '#e7cba1',
    '<path d="M62 62h76l8 88H54z" fill="#b5651d"/><path d="M62 62l8-12h60l8 12z" fill="#8a4a12"/><circle cx="88" cy="108" r="13" fill="#f0d3a0"/><circle cx="112" cy="114" r="12" fill="#d99e54"/><ellipse cx="102" cy="92" rx="10" ry="13" fill="#fff1d6"/>',
  ],
  p12: [
    '#e6efe0',
    '#c2d8b4',
    '<rect x="62" y="72" width="76" height="80" rx="8" fill="#3f6b46"/><rect x="72" y="54" width="56" height="18" rx="5" fill="#2c4c32"/><rect x="76" y="90" width="48" height="44" fill="#f2ead6"/><path d="M88 122c0-16 10-22 24-24-2 16-10 24-24 24zm0 0l14-14" fill="#6ea35f" stroke="#3f6b46" stroke-width="2"/>',
  ],
}

export function picture(id) {
  const [top, bottom, shapes] = art[id] ?? ['#eee', '#ddd', '']
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 200 200" aria-hidden="true"><defs><linearGradient id="g-${id}" x2="0" y2="1"><stop stop-color="${top}"/><stop offset="1" stop-color="${bottom}"/></linearGradient></defs><rect width="200" height="200" fill="url(#g-${id})"/><ellipse cx="100" cy="158" rx="56" ry="8" fill="#000" opacity=".08"/>${shapes}</svg>`
}

const icons = {
  home: 'M4 11l8-7 8 7v8a1 1 0 0 1-1 1h-5v-6h-4v6H5a1 1 0 0 1-1-1z',
  favourites: 'M12 20S4 15 4 9.5A4.3 4.3 0 0 1 12 7a4.3 4.3 0 0 1 8 2.5C20 15 12 20 12 20z',
  cart: 'M3 4h2l2.4 11h10.2L20 7H6M9 20h.01M17 20h.01',
  me: 'M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4 21c0-4 4-6 8-6s8 2 8 6',
}
export const icon = (name) =>
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" aria-hidden="true"><path d="${icons[name]}" fill="none" stroke="currentColor" stroke-width="1.8" stroke-linecap="round" stroke-linejoin="round"/></svg>`
