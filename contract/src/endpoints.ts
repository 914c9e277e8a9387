import { z } from 'zod'
import { catalogueSchema } from './catalogue.ts'
import { definitionKeySchema, membersInputSchema, segmentInputSchema, tagInputSchema } from './definition-input.ts'
import { type Endpoint, endpoint, id, key, ok, paging } from './endpoint.ts'
import * as governance from './governance.ts'
import * as insight from './insight.ts'
import { channelSchema } from './journey.ts'
import { journeyAlarmEndpoints } from './journey-alarms.ts'
import { journeyEndpoints } from './journey-endpoints.ts'
import { journeyExperimentEndpoints } from './journey-experiments.ts'
import { journeyExplainEndpoints } from './journey-explain.ts'
import { journeyMonitorEndpoints } from './journey-monitor.ts'
import { peopleFilterSchema, peopleSaveEndpoints } from './people-filter.ts'
import * as person from './person-views.ts'
import { roleSchema } from './roles.ts'
import * as settings from './settings-views.ts'
import { taskEndpoints } from './task-endpoints.ts'
import { rfmBoundariesSchema, rfmSharesSchema, rfmSubjectSchema } from './value-models.ts'
import * as view from './views.ts'
import { webhookEndpointEndpoints } from './webhook-endpoints.ts'

const personParams = z.object({ id: z.coerce.number().int().positive() })
const revision = { revision: z.number().int() }
const templateInput = z.object({
  key: definitionKeySchema.optional(),
  name: z.string().trim().min(1).max(100),
  channel: channelSchema,
  content: view.contentSchema,
  linkUrl: z.string().max(1000).default(''),
})
const couponInput = view.couponViewSchema.omit({ status: true, claimed: true, used: true, createdAt: true })

/**
 * The table of the console's API: routes, validation, permissions, the typed client and the tests that call every endpoint without a login,
 * as another workspace and with a bad body are all read from it.
 */
export const endpoints = {
  login: endpoint('POST', '/api/login', 'public', { body: z.object({ email: z.string(), password: z.string() }), response: view.meSchema }),
  logout: endpoint('POST', '/api/logout', null, { response: ok }),
  me: endpoint('GET', '/api/me', null, { response: view.meSchema }),

  overview: endpoint('GET', '/api/overview', 'reports.read', { response: view.overviewSchema }),
  recentEvents: endpoint('GET', '/api/events/recent', 'people.read', {
    query: z.object({ limit: z.coerce.number().int().min(1).max(100).default(30) }),
    response: z.object({ items: z.array(view.liveEventSchema) }),
  }),
  effects: endpoint('GET', '/api/effects', 'reports.read', {
    query: z.object({ from: z.string().optional(), to: z.string().optional() }),
    response: z.object({ rows: z.array(view.effectRowSchema), total: view.effectRowSchema }),
  }),

  people: endpoint('GET', '/api/people', 'people.read', {
    query: paging.extend(peopleFilterSchema.shape),
    response: view.page(view.personSummarySchema),
  }),
  ...peopleSaveEndpoints,
  person: endpoint('GET', '/api/people/:id', 'people.read', { params: personParams, response: person.personDetailSchema }),
  personTimeline: endpoint('GET', '/api/people/:id/timeline', 'people.read', {
    params: personParams,
    query: paging.extend({
      /** Names with commas between; a comma in a name is written %2C. */
      event: z.string().max(2_000).optional(),
      kind: person.timelineKindSchema.optional(),
      channel: channelSchema.optional(),
      /** Days of the workspace's zone, both included: 2026-11-22. */
      from: insight.dayOfCalendar.optional(),
      to: insight.dayOfCalendar.optional(),
      /** In the value of a property. */
      text: z.string().max(200).default(''),
    }),
    response: view.page(person.timelineItemSchema),
  }),
  personOrders: endpoint('GET', '/api/people/:id/orders', 'people.read', {
    params: personParams,
    query: paging,
    response: view.page(view.orderViewSchema),
  }),
  personConsent: endpoint('PUT', '/api/people/:id/consent', 'people.write', {
    params: personParams,
    body: z.object({ channel: channelSchema, granted: z.boolean(), note: z.string().min(1).max(500) }),
    response: ok,
  }),
  personMerge: endpoint('POST', '/api/people/:id/merge', 'people.write', {
    params: personParams,
    body: z.object({ from: z.number().int().positive(), note: z.string().trim().max(500).default('') }),
    response: z.object({ personId: z.number() }),
  }),
  personIdentity: endpoint('GET', '/api/people/:id/identity', 'people.read', {
    params: personParams,
    response: person.identityHistorySchema,
  }),
  personSplitPlan: endpoint('GET', '/api/people/:id/split', 'people.write', {
    params: personParams,
    query: z.object({ merge: z.string().max(400) }),
    response: person.splitPlanSchema,
  }),
  personSplit: endpoint('POST', '/api/people/:id/split', 'people.write', {
    params: personParams,
    body: z.object({ merge: z.string().max(400), note: z.string().trim().min(1).max(500) }),
    response: z.object({ personId: z.number(), leftId: z.number() }),
  }),

  catalogue: endpoint('GET', '/api/catalogue', 'rules.read', { response: view.catalogueSchema }),
  estimate: endpoint('POST', '/api/rules/estimate', 'rules.read', { body: view.estimateRequestSchema, response: view.estimateSchema }),
  tags: endpoint('GET', '/api/tags', 'rules.read', {
    query: z.object({ status: view.definitionStatusSchema.default('active') }),
    response: z.object({ items: z.array(view.tagViewSchema) }),
  }),
  tagCreate: endpoint('POST', '/api/tags', 'rules.write', { body: tagInputSchema, response: view.tagViewSchema }),
  tag: endpoint('GET', '/api/tags/:key', 'rules.read', {
    params: key,
    response: view.tagViewSchema.extend(view.definitionDetailSchema.shape),
  }),
  tagUpdate: endpoint('PUT', '/api/tags/:key', 'rules.write', {
    params: key,
    body: tagInputSchema.omit({ key: true, mode: true }).extend(revision),
    response: view.tagViewSchema,
  }),
  /** Takes the boundaries of an RFM model with quantiles from today's distribution. */
  tagBoundaries: endpoint('POST', '/api/tags/:key/boundaries', 'rules.write', { params: key, response: view.tagViewSchema }),
  /** Boundaries from today's distribution, or those that are given, and how many people they put into each class. */
  rfmPreview: endpoint('POST', '/api/models/rfm/preview', 'rules.read', {
    body: rfmSubjectSchema.extend({ by: z.union([rfmSharesSchema, rfmBoundariesSchema]) }),
    response: view.rfmPreviewSchema,
  }),
  tagArchive: endpoint('DELETE', '/api/tags/:key', 'rules.write', { params: key, response: ok }),
  tagMembers: endpoint('POST', '/api/tags/:key/members', 'rules.write', {
    params: key,
    body: membersInputSchema,
    response: ok,
  }),
  segments: endpoint('GET', '/api/segments', 'rules.read', {
    query: z.object({ status: view.definitionStatusSchema.default('active') }),
    response: z.object({ items: z.array(view.segmentViewSchema) }),
  }),
  segmentCreate: endpoint('POST', '/api/segments', 'rules.write', { body: segmentInputSchema, response: view.segmentViewSchema }),
  segment: endpoint('GET', '/api/segments/:key', 'rules.read', {
    params: key,
    response: view.segmentViewSchema.extend(view.definitionDetailSchema.shape),
  }),
  segmentUpdate: endpoint('PUT', '/api/segments/:key', 'rules.write', {
    params: key,
    body: segmentInputSchema.omit({ key: true, mode: true }).extend(revision),
    response: view.segmentViewSchema,
  }),
  segmentArchive: endpoint('DELETE', '/api/segments/:key', 'rules.write', { params: key, response: ok }),
  segmentMembers: endpoint('POST', '/api/segments/:key/members', 'rules.write', {
    params: key,
    body: membersInputSchema,
    response: ok,
  }),

  governance: endpoint('GET', '/api/governance', 'rules.read', { response: governance.governanceSchema }),
  governanceReport: endpoint('GET', '/api/governance/report', 'rules.read', {
    query: governance.monthQuery,
    response: governance.governanceReportSchema,
  }),
  definitionVersions: endpoint('GET', '/api/definitions/:kind/:key/versions', 'rules.read', {
    params: insight.definitionParams,
    response: z.object({ items: z.array(governance.definitionVersionSchema) }),
  }),
  /** Makes it what it was at revision `to`; `revision` is the one that this is meant to follow. */
  definitionRevert: endpoint('POST', '/api/definitions/:kind/:key/revert', 'rules.write', {
    params: insight.definitionParams,
    body: z.object({ to: z.number().int().positive(), revision: z.number().int().positive() }),
    response: ok,
  }),
  /** Takes an archived one up again. */
  definitionRestore: endpoint('POST', '/api/definitions/:kind/:key/restore', 'rules.write', {
    params: insight.definitionParams,
    response: ok,
  }),
  portrait: endpoint('GET', '/api/insight/:kind/:key/portrait', 'rules.read', {
    params: insight.definitionParams,
    query: insight.portraitQuery,
    response: insight.portraitSchema,
  }),
  overlap: endpoint('GET', '/api/insight/overlap', 'rules.read', { query: insight.overlapQuery, response: insight.overlapSchema }),
  sizes: endpoint('GET', '/api/insight/:kind/:key/sizes', 'rules.read', {
    params: insight.definitionParams,
    query: insight.sizesQuery,
    response: insight.sizesSchema,
  }),
  membersAt: endpoint('GET', '/api/insight/:kind/:key/members', 'people.read', {
    params: insight.definitionParams,
    query: insight.membersAtQuery,
    response: insight.membersAtSchema,
  }),

  ...journeyEndpoints,
  ...journeyExplainEndpoints,
  ...journeyAlarmEndpoints,
  ...journeyMonitorEndpoints,
  ...taskEndpoints,
  ...webhookEndpointEndpoints,
  ...journeyExperimentEndpoints,

  templates: endpoint('GET', '/api/templates', 'content.read', { response: z.object({ items: z.array(view.templateViewSchema) }) }),
  templateCreate: endpoint('POST', '/api/templates', 'content.write', { body: templateInput, response: view.templateViewSchema }),
  template: endpoint('GET', '/api/templates/:key', 'content.read', { params: key, response: view.templateViewSchema }),
  templateUpdate: endpoint('PUT', '/api/templates/:key', 'content.write', {
    params: key,
    body: templateInput.omit({ key: true, channel: true }).extend(revision),
    response: view.templateViewSchema,
  }),
  templateArchive: endpoint('DELETE', '/api/templates/:key', 'content.write', { params: key, response: ok }),
  templatePreview: endpoint('POST', '/api/templates/preview', 'content.read', {
    body: z.object({
      channel: channelSchema,
      content: view.contentSchema,
      linkUrl: z.string().max(1000).default(''),
      personId: z.number().int().nullable(),
    }),
    response: view.previewSchema,
  }),

  messages: endpoint('GET', '/api/messages', 'messages.read', {
    query: paging.extend({
      state: view.messageStateSchema.optional(),
      channel: channelSchema.optional(),
      journey: z.string().optional(),
      node: z.string().optional(),
      person: z.coerce.number().int().optional(),
      reason: z.string().optional(),
    }),
    response: view.page(view.messageViewSchema),
  }),
  message: endpoint('GET', '/api/messages/:id', 'messages.read', { params: id, response: view.messageDetailSchema }),

  coupons: endpoint('GET', '/api/coupons', 'benefits.read', { response: z.object({ items: z.array(view.couponRowSchema) }) }),
  couponCreate: endpoint('POST', '/api/coupons', 'benefits.write', { body: couponInput, response: view.couponViewSchema }),
  /** It cannot be claimed any more; what was claimed can be used until it is over. */
  couponArchive: endpoint('DELETE', '/api/coupons/:key', 'benefits.write', { params: key, response: ok }),
  couponClaim: endpoint('POST', '/api/coupons/:key/claims', 'benefits.write', {
    params: key,
    body: z.object({ userId: z.string().min(1).max(200), requestId: z.string().min(1).max(200) }),
    response: z.object({ code: z.string(), expiresAt: z.string() }),
  }),
  couponUse: endpoint('POST', '/api/coupon-uses', 'benefits.write', {
    body: z.object({ code: z.string().min(1).max(64), orderId: z.string().min(1).max(200), totalFen: z.number().int().positive() }),
    response: z.object({ discountFen: z.number() }),
  }),

  /** For the shop's catalogue: what is said counts from now on, what is left out stays as it is. */
  itemsWrite: endpoint('POST', '/api/items', 'intake.write', {
    body: catalogueSchema,
    response: z.object({ written: z.number() }),
  }),
  quarantine: endpoint('GET', '/api/quarantine', 'intake.read', {
    query: paging.extend({ status: z.enum(['open', 'replayed', 'discarded']).default('open'), reason: z.string().optional() }),
    response: view.page(view.quarantineItemSchema).extend({
      /** All of this status by their reason, most first. */
      reasons: z.array(z.object({ reason: z.string(), count: z.number() })),
    }),
  }),
  quarantineReplay: endpoint('POST', '/api/quarantine/:id/replay', 'intake.write', {
    params: id,
    body: z.object({ raw: z.string().max(500_000) }),
    response: view.quarantineItemSchema,
  }),
  quarantineDiscard: endpoint('POST', '/api/quarantine/:id/discard', 'intake.write', { params: id, response: view.quarantineItemSchema }),

  workspace: endpoint('GET', '/api/settings/workspace', 'settings.read', { response: settings.workspaceSettingsSchema }),
  workspaceUpdate: endpoint('PUT', '/api/settings/workspace', 'settings.write', {
    body: settings.workspaceSettingsSchema,
    response: settings.workspaceSettingsSchema,
  }),
  apiKeys: endpoint('GET', '/api/settings/keys', 'settings.read', { response: z.object({ items: z.array(settings.apiKeyViewSchema) }) }),
  apiKeyCreate: endpoint('POST', '/api/settings/keys', 'settings.write', {
    body: z.object({ kind: z.enum(['write', 'api']), name: z.string().trim().min(1).max(100) }),
    response: settings.apiKeyViewSchema.extend({ key: z.string() }),
  }),
  apiKeyRevoke: endpoint('DELETE', '/api/settings/keys/:id', 'settings.write', { params: id, response: ok }),
  members: endpoint('GET', '/api/settings/members', 'settings.read', { response: z.object({ items: z.array(settings.memberViewSchema) }) }),
  memberCreate: endpoint('POST', '/api/settings/members', 'settings.write', {
    body: z.object({ email: z.email(), name: z.string().trim().min(1).max(100), role: roleSchema, password: z.string().min(8).max(200) }),
    response: settings.memberViewSchema,
  }),
  memberUpdate: endpoint('PUT', '/api/settings/members/:id', 'settings.write', {
    params: id,
    body: z.object({ role: roleSchema }),
    response: settings.memberViewSchema,
  }),
  memberRemove: endpoint('DELETE', '/api/settings/members/:id', 'settings.write', { params: id, response: ok }),
  channelAccounts: endpoint('GET', '/api/settings/channels', 'settings.read', {
    response: z.object({ items: z.array(settings.channelAccountViewSchema) }),
  }),
  channelAccountUpdate: endpoint('PUT', '/api/settings/channels/sms', 'settings.write', {
    body: settings.channelAccountViewSchema
      .omit({ channel: true, secretSet: true, callbackPath: true })
      .extend({ secret: z.string().max(200).optional() }),
    response: settings.channelAccountViewSchema,
  }),
  audit: endpoint('GET', '/api/audit', 'settings.read', { query: paging, response: view.page(settings.auditViewSchema) }),
} as const satisfies Record<string, Endpoint>

export type Endpoints = typeof endpoints
export type EndpointName = keyof Endpoints
export type Input<N extends EndpointName> = {
  params: z.infer<Endpoints[N]['params']>
  query: z.infer<Endpoints[N]['query']>
  body: z.infer<Endpoints[N]['body']>
}
/** What a caller passes: defaults may be left out. */
export type CallInput<N extends EndpointName> = {
  params?: z.input<Endpoints[N]['params']>
  query?: z.input<Endpoints[N]['query']>
  body?: z.input<Endpoints[N]['body']>
}
export type Output<N extends EndpointName> = z.infer<Endpoints[N]['response']>
