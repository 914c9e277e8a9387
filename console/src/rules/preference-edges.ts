/** Where bands begin at first. */
export const hourEdges: readonly number[] = [6, 10, 14, 18, 23]
export const bandEdges: readonly number[] = [0, 100, 300, 1000]

/** What was typed, as edges of bands: numbers, or hours of the day, upwards and each once. */
export function edgesFrom(texts: readonly string[], ofDay: boolean): number[] {
  const fits = (edge: number) => Number.isFinite(edge) && (!ofDay || (Number.isInteger(edge) && edge >= 0 && edge <= 23))
  return [...new Set(texts.filter((text) => text.trim() !== '').map(Number))].filter(fits).sort((a, b) => a - b)
}
