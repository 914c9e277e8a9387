import { AppError } from '@chaoxi/contract'
import type { Handlers } from '../platform/http/api.ts'
import type { Compliance } from './compliance.ts'

/** `livingPerson` answers the person that an id lives on in (after merges), or null. */
export function complianceRoutes(
  compliance: Compliance,
  livingPerson: (workspaceId: number, personId: number) => Promise<number | null>,
): Handlers {
  return {
    personConsent: async (caller, { params, body }) => {
      const personId = await livingPerson(caller.workspaceId, params.id)
      if (personId === null) throw new AppError('not_found', `There is no person ${params.id}`)
      await compliance.setByHand(caller, personId, body)
      return { ok: true }
    },
  }
}
