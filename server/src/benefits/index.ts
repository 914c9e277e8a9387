export { type Benefits, createBenefits, type OfferedCoupon } from './benefits.ts'
export { benefitsLoops } from './jobs.ts'
export { benefitsRoutes } from './routes.ts'
