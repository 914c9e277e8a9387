export { createReading } from './reading.ts'
export { taskRoutes } from './routes.ts'
export { createTasks, type Tasks } from './tasks.ts'
