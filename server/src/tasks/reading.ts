import type { PersonSummary } from '@chaoxi/contract'
import type { TasksDeps } from './tasks.ts'

interface ReadingDeps {
  profiles(
    workspaceId: number,
    personIds: readonly number[],
  ): Promise<ReadonlyMap<number, { readonly userId: string | null; readonly attributes: Readonly<Record<string, unknown>> }>>
  summaries(workspaceId: number, personIds: readonly number[], options: { unmasked: boolean }): Promise<ReadonlyMap<number, PersonSummary>>
  settings(workspaceId: number): Promise<{ readonly name: string; readonly timeZone: string }>
  render(source: string, variables: Readonly<Record<string, unknown>>, zone: string): string
}

/**
 * Fills a task's texts in whenever somebody looks, so that nothing of the customer's profile is kept with the task: what changes is read
 * anew, and what is gone is gone here too. Whoever may not see contact data reads it masked.
 */
export function createReading({ profiles, summaries, settings, render }: ReadingDeps): TasksDeps['read'] {
  return async (workspaceId, asked, { unmasked }) => {
    const filled = asked.filter(({ texts }) => texts.some((text) => text.includes('{')))
    const people = [...new Set(filled.map((one) => one.personId))]
    if (people.length === 0) return asked.map(({ texts }) => [...texts])
    const [known, { name, timeZone }, masked] = await Promise.all([
      profiles(workspaceId, people),
      settings(workspaceId),
      unmasked ? null : summaries(workspaceId, people, { unmasked: false }),
    ])
    return asked.map(({ personId, context, texts }) => {
      const profile = known.get(personId)
      const seen = masked?.get(personId)
      const contact = seen ? { phone: seen.phone, email: seen.email } : {}
      const customer = { ...profile?.attributes, user_id: profile?.userId ?? null, ...contact }
      const variables = { customer, event: context.event, coupon: context.coupon ?? {}, webhook: context.webhook ?? {}, shop: { name } }
      return texts.map((text) => render(text, variables, timeZone))
    })
  }
}
