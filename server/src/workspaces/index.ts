export type { Audit } from './audit.ts'
export type { FirstWorkspace, FirstWorkspaceInput } from './first-workspace.ts'
export { workspacesRoutes } from './routes.ts'
export { createWorkspaces, type Workspaces, type WorkspacesDeps } from './workspaces.ts'
