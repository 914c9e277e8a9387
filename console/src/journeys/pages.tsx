export function JourneysPage() {
  return null
}

export function JourneyPage() {
  return null
}
