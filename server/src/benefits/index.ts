export { type Benefits, createBenefits } from './benefits.ts'
export { benefitsLoops, couponEventsLoop } from './jobs.ts'
export { benefitsRoutes } from './routes.ts'
