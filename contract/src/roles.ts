import { z } from 'zod'

export const roleSchema = z.enum(['operator', 'editor', 'reviewer', 'agent', 'analyst', 'admin'])
export type Role = z.infer<typeof roleSchema>

export const permissions = [
  'people.read',
  'people.write',
  'rules.read',
  'rules.write',
  'journeys.read',
  'journeys.write',
  'journeys.publish',
  'journeys.review',
  'content.read',
  'content.write',
  'tasks.read',
  'tasks.write',
  'messages.read',
  'reports.read',
  'benefits.read',
  'benefits.write',
  'intake.read',
  'intake.write',
  'settings.read',
  'settings.write',
] as const
export type Permission = (typeof permissions)[number]

const reading: readonly Permission[] = permissions.filter((p) => p.endsWith('.read'))

/** What each role may do. Everyone who can log in may read; only admin changes settings. */
export const rolePermissions: Record<Role, readonly Permission[]> = {
  admin: permissions,
  operator: [
    ...reading,
    'people.write',
    'rules.write',
    'journeys.write',
    'journeys.publish',
    'journeys.review',
    'tasks.write',
    'content.write',
    'benefits.write',
    'intake.write',
  ],
  editor: [...reading, 'content.write'],
  reviewer: [...reading, 'journeys.publish', 'journeys.review'],
  agent: [...reading, 'people.write', 'tasks.write'],
  analyst: [...reading, 'rules.write'],
}
