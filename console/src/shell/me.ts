import type { Me, Permission } from '@chaoxi/contract'
import { createContext, use } from 'react'

/** Set once by the shell: every time on a page asks for the zone, and a query each would cost more than the page. */
export const MeContext = createContext<Me | null>(null)

/** The account that is logged in, or null while that is not known. */
export function useMe(): Me | null {
  return use(MeContext)
}

/** Whether the account's role allows it; buttons that it may not press are not shown. */
export function useCan(permission: Permission): boolean {
  return useMe()?.permissions.includes(permission) ?? false
}

/** All times are shown in the workspace's zone, wherever the operator sits. */
export function useTimeZone(): string {
  return useMe()?.workspace.timeZone ?? 'Asia/Shanghai'
}
