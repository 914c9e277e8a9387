export { createEffects } from './effects.ts'
export { createOverview, startOfDay } from './overview.ts'
export { createPeople, type PersonViews } from './people.ts'
export { reportRoutes } from './routes.ts'
