export { segmentsRoutes } from './routes.ts'
