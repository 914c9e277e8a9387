export {
  type Compliance,
  type ComplianceDeps,
  type ConsentEvent,
  type ConsentFacts,
  createCompliance,
  type Refusal,
  type Suppression,
} from './compliance.ts'
export {
  type Decision,
  type DropReason,
  decide,
  type GateFacts,
  type GateMessage,
  type GatePolicy,
  type SuppressionReason,
} from './decide.ts'
export { complianceRoutes } from './routes.ts'
