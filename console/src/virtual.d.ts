declare module 'virtual:endpoint-table' {
  const table: Record<import('@chaoxi/contract').EndpointName, { method: 'GET' | 'POST' | 'PUT' | 'DELETE'; path: string }>
  export default table
}
