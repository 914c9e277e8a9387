// Where in a text of valid JSON the value at a path begins, so that a problem can be shown at its line.

interface Place {
  readonly path: string
  readonly offset: number
}

/** The line (from 1) of the value at `path` (`rules.0.filter`), or of the nearest one around it; null when there is none. */
export function lineOfPath(text: string, path: string): number | null {
  const places = new Map(placesOf(text).map((place) => [place.path, place.offset]))
  for (let at = path; ; at = at.slice(0, Math.max(0, at.lastIndexOf('.')))) {
    const offset = places.get(at)
    if (offset !== undefined) return text.slice(0, offset).split('\n').length
    if (at === '') return null
  }
}

/** Strings, brackets, commas, and everything else that is a value. */
const token = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g

function placesOf(text: string): Place[] {
  const places: Place[] = []
  const open: { list: boolean; part: string; index: number; key: boolean }[] = []
  const here = () => open.map((one) => one.part).join('.')
  for (const match of text.matchAll(token)) {
    const [word] = match
    const around = open.at(-1)
    if (word === '}' || word === ']') open.pop()
    else if (word === ',') {
      if (around?.list) {
        around.index += 1
        around.part = String(around.index)
      } else if (around) around.key = true
    } else if (word !== ':') {
      if (around?.key) {
        const name: unknown = JSON.parse(word)
        around.part = String(name)
        around.key = false
        continue
      }
      places.push({ path: here(), offset: match.index })
      if (word === '{') open.push({ list: false, part: '', index: 0, key: true })
      if (word === '[') open.push({ list: true, part: '0', index: 0, key: false })
    }
  }
  return places
}
