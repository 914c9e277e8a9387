/** "Active" of a run means on its way; of a definition, in use. */
export const runStateNames = { active: 'running', waiting: 'waiting', finished: 'finished', exited: 'exited', failed: 'failed' } as const
