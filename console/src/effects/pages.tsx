export function EffectsPage() {
  return null
}
