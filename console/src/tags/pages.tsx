export function TagsPage() {
  return null
}

export function TagPage() {
  return null
}
