export type { AcceptedEvent, EventConsumer, MergeConsumer } from './accepted-event.ts'
export { type Accepted, createIngest, type Ingest, type InternalEvent } from './ingest.ts'
export { takeIngestLease } from './lease.ts'
export { createIntakeHandlers, createIntakeRoutes } from './routes.ts'
