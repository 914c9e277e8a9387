export function TemplatesPage() {
  return null
}

export function TemplatePage() {
  return null
}
