/** Where to go after logging in: the page that asked for it, if it is one of ours; an address of another site never is. */
export function pageAfterLogin(next: string | undefined): string {
  return next !== undefined && /^\/(?![/\\])/.test(next) && !next.startsWith('/login') ? next : '/'
}
