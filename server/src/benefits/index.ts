export { type Benefits, createBenefits } from './benefits.ts'
export { benefitsLoops } from './jobs.ts'
export { benefitsRoutes } from './routes.ts'
