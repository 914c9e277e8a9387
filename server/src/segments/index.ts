export { createInsight, type Insight } from './insight.ts'
export { insightRoutes } from './insight-routes.ts'
export { segmentsRoutes } from './routes.ts'
