import { renderTemplate, TemplateProblem } from './liquid.ts'
import { parsed } from './template.ts'

// Texts that stay in the house: what a task says to a colleague.

/** What stands against the text; null: nothing. */
export function houseTextProblem(source: string): string | null {
  try {
    parsed(source)
    return null
  } catch (error) {
    if (!(error instanceof TemplateProblem)) throw error
    return `line ${error.line}, column ${error.column}: ${error.message}`
  }
}

/** Where a variable is empty, nothing stands there; a text that cannot be filled in stays as it was written. */
export function renderHouseText(source: string, variables: Readonly<Record<string, unknown>>, zone: string): string {
  try {
    return renderTemplate(parsed(source), { ...variables }, zone).texts.join('')
  } catch (error) {
    if (error instanceof TemplateProblem) return source
    throw error
  }
}
