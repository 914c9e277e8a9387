/**
 * Edges near the given quantiles that a person can read (38,417 becomes 38,000), rising, none twice. They cut numbers into
 * pieces that begin at an edge and end before the next; n edges make n + 1 pieces.
 */
export function readableEdges(quantiles: readonly number[]): number[] {
  const edges = new Set(quantiles.filter(Number.isFinite).map((value) => Number(value.toPrecision(2)) + 0))
  return [...edges].sort((a, b) => a - b)
}
