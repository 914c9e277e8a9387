/** Path with its `:params` filled in and the query behind it; values that are undefined or empty are left out. */
export function requestUrl(path: string, params: object = {}, query: object = {}): string {
  const values = new Map<string, unknown>(Object.entries(params))
  const filled = path.replace(/:([a-zA-Z]+)/g, (_, name: string) => {
    const value = values.get(name)
    if (value === undefined || value === null) throw new Error(`The path ${path} needs ${name}`)
    return encodeURIComponent(String(value))
  })
  const search = new URLSearchParams()
  for (const [key, value] of Object.entries(query)) {
    if (value !== undefined && value !== null && value !== '') search.set(key, String(value))
  }
  const text = search.toString()
  return text === '' ? filled : `${filled}?${text}`
}
