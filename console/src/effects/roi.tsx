/** Sales for each yuan spent: 20, 3.4. */
export function Roi({ value }: { value: number | null }) {
  if (value === null) return <span className="muted">–</span>
  const digits = Number.isInteger(value) || value >= 100 ? 0 : value >= 10 ? 1 : 2
  return <span className="num">{value.toFixed(digits)}</span>
}
