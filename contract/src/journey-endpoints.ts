import { z } from 'zod'
import { definitionKeySchema } from './definition-input.ts'
import { endpoint, id, key, ok, paging } from './endpoint.ts'
import { journeyDefinitionSchema, releaseShareSchema } from './journey.ts'
import { goalNumbersSchema, reachedGoalSchema } from './journey-goal-views.ts'
import { insidePlanSchema, journeyInsideSchema } from './journey-inside.ts'
import { pausePolicySchema } from './journey-pause.ts'
import { rehearsalInputSchema, rehearsalSchema } from './journey-rehearsal.ts'
import {
  recipientInputSchema,
  recipientSchema,
  trialActSchema,
  trialChoiceInputSchema,
  trialChoiceSchema,
  trialInputSchema,
  trialReportSchema,
  trialSchema,
} from './journey-trial.ts'
import { journeyEnterSchema } from './journey-trigger.ts'
import { playbookSchema } from './playbook.ts'
import { installedPartSchema, playbookSummarySchema } from './playbook-views.ts'
import * as view from './views.ts'
import { webhookPostingSchema } from './webhook-endpoints.ts'

const reviewText = z.string().trim().max(1_000).default('')

export const journeyEndpoints = {
  journeys: endpoint('GET', '/api/journeys', 'journeys.read', { response: z.object({ items: z.array(view.journeySummarySchema) }) }),
  journeyCreate: endpoint('POST', '/api/journeys', 'journeys.write', {
    body: z.object({
      key: definitionKeySchema.optional(),
      name: z.string().trim().min(1).max(100),
      description: z.string().max(1000).default(''),
      definition: journeyDefinitionSchema,
    }),
    response: view.journeyDetailSchema,
  }),
  journey: endpoint('GET', '/api/journeys/:id', 'journeys.read', { params: id, response: view.journeyDetailSchema }),
  journeyDraft: endpoint('PUT', '/api/journeys/:id/draft', 'journeys.write', {
    params: id,
    body: z.object({
      name: z.string().trim().min(1).max(100),
      description: z.string().max(1000).default(''),
      definition: journeyDefinitionSchema,
      draftRevision: z.number().int(),
    }),
    response: view.journeyDetailSchema,
  }),
  /** What stands in the way of publishing, for a definition that is stored nowhere. */
  journeyCheck: endpoint('POST', '/api/journeys/check', 'journeys.read', {
    body: z.object({ definition: journeyDefinitionSchema }),
    response: z.object({ problems: view.journeyDetailSchema.shape.problems }),
  }),
  /** A published version as it is walked through. */
  journeyVersion: endpoint('GET', '/api/journeys/:id/versions/:version', 'journeys.read', {
    params: z.object({ id: z.string(), version: z.coerce.number().int().min(1) }),
    response: z.object({ version: z.number(), definition: journeyDefinitionSchema }),
  }),
  /** `share`: to how many per cent of those who come in; the others go on coming into the version that was live before. */
  journeyPublish: endpoint('POST', '/api/journeys/:id/publish', 'journeys.publish', {
    params: id,
    query: z.object({ share: z.coerce.number().pipe(releaseShareSchema).default(100) }),
    response: view.journeyDetailSchema,
  }),
  journeyInside: endpoint('GET', '/api/journeys/:id/inside', 'journeys.read', { params: id, response: journeyInsideSchema }),
  /** What becomes of those who are in versions before the live one, which must be released to all. Without it they finish on theirs. */
  journeyInsidePlan: endpoint('PUT', '/api/journeys/:id/inside', 'journeys.publish', {
    params: id,
    body: insidePlanSchema,
    response: journeyInsideSchema,
  }),
  journeyShare: endpoint('PUT', '/api/journeys/:id/share', 'journeys.publish', {
    params: id,
    body: z.object({ share: releaseShareSchema }),
    response: view.journeyDetailSchema,
  }),
  journeyReviewRequest: endpoint('POST', '/api/journeys/:id/review', 'journeys.write', {
    params: id,
    body: z.object({ note: reviewText, draftRevision: z.number().int() }),
    response: view.journeyDetailSchema,
  }),
  journeyReviewDecide: endpoint('PUT', '/api/journeys/:id/review', 'journeys.review', {
    params: id,
    body: z.object({ answer: z.enum(['approved', 'rejected']), comment: reviewText, draftRevision: z.number().int() }),
    response: view.journeyDetailSchema,
  }),
  journeyReviewWithdraw: endpoint('DELETE', '/api/journeys/:id/review', 'journeys.write', {
    params: id,
    response: view.journeyDetailSchema,
  }),
  journeyPause: endpoint('POST', '/api/journeys/:id/pause', 'journeys.publish', {
    params: id,
    query: z.object({ policy: pausePolicySchema.default('send') }),
    response: view.journeyDetailSchema,
  }),
  /** `policy`: instead of what was chosen when it was paused. */
  journeyResume: endpoint('POST', '/api/journeys/:id/resume', 'journeys.publish', {
    params: id,
    query: z.object({ policy: pausePolicySchema.optional() }),
    response: view.journeyDetailSchema,
  }),
  journeyArchive: endpoint('POST', '/api/journeys/:id/archive', 'journeys.publish', { params: id, response: view.journeyDetailSchema }),
  /** For programs: lets people into a live journey whose trigger is a call. */
  journeyEnter: endpoint('POST', '/api/journeys/:id/enter', 'journeys.publish', {
    params: id,
    body: journeyEnterSchema,
    response: view.journeyEnteredSchema,
  }),
  journeyOccurrences: endpoint('GET', '/api/journeys/:id/occurrences', 'journeys.read', { params: id, response: view.occurrencesSchema }),
  /** Of one version, or of all together. */
  journeyCounters: endpoint('GET', '/api/journeys/:id/counters', 'journeys.read', {
    params: id,
    query: z.object({ version: z.coerce.number().int().min(1).optional() }),
    response: view.journeyCountersSchema,
  }),
  journeyGoals: endpoint('GET', '/api/journeys/:id/goals', 'journeys.read', {
    params: id,
    response: z.object({ goals: z.array(goalNumbersSchema) }),
  }),
  journeyRuns: endpoint('GET', '/api/journeys/:id/runs', 'journeys.read', {
    params: id,
    query: paging.extend({
      node: z.string().optional(),
      state: z.enum(['active', 'waiting', 'finished', 'exited', 'failed']).optional(),
      person: z.coerce.number().int().optional(),
    }),
    response: view.page(view.journeyRunViewSchema),
  }),
  journeyRunSteps: endpoint('GET', '/api/journeys/:id/runs/:run', 'journeys.read', {
    params: z.object({ id: z.string(), run: z.string() }),
    response: z.object({
      run: view.journeyRunViewSchema,
      steps: z.array(view.runStepSchema),
      goals: z.array(reachedGoalSchema),
      postings: z.array(webhookPostingSchema),
    }),
  }),
  /** Plays the journey over what was recorded; it is done in the background. */
  journeyRehearse: endpoint('POST', '/api/journeys/:id/rehearsals', 'journeys.write', {
    params: id,
    body: rehearsalInputSchema,
    response: rehearsalSchema,
  }),
  /** The newest first, without what came of them. */
  journeyRehearsals: endpoint('GET', '/api/journeys/:id/rehearsals', 'journeys.read', {
    params: id,
    response: z.object({ items: z.array(rehearsalSchema.omit({ result: true })) }),
  }),
  journeyRehearsal: endpoint('GET', '/api/journeys/:id/rehearsals/:rehearsal', 'journeys.read', {
    params: z.object({ id: z.string(), rehearsal: z.string() }),
    response: rehearsalSchema.extend({ definition: journeyDefinitionSchema, people: z.array(view.personSummarySchema) }),
  }),
  journeyRehearsalCancel: endpoint('DELETE', '/api/journeys/:id/rehearsals/:rehearsal', 'journeys.write', {
    params: z.object({ id: z.string(), rehearsal: z.string() }),
    response: rehearsalSchema,
  }),
  /** Colleagues whom messages of trials go to. */
  testRecipients: endpoint('GET', '/api/test-recipients', 'journeys.read', { response: z.object({ items: z.array(recipientSchema) }) }),
  testRecipientAdd: endpoint('POST', '/api/test-recipients', 'journeys.publish', { body: recipientInputSchema, response: recipientSchema }),
  testRecipientRemove: endpoint('DELETE', '/api/test-recipients/:id', 'journeys.publish', { params: id, response: ok }),
  /** Whom a trial would be made with and why, and what would bring them in. */
  journeyTrialChoice: endpoint('POST', '/api/journeys/:id/trials/choice', 'journeys.write', {
    params: id,
    body: trialChoiceInputSchema,
    response: trialChoiceSchema,
  }),
  /** Chosen people walk through the journey; messages go to test recipients only. */
  journeyTry: endpoint('POST', '/api/journeys/:id/trials', 'journeys.write', { params: id, body: trialInputSchema, response: trialSchema }),
  /** The newest first. */
  journeyTrials: endpoint('GET', '/api/journeys/:id/trials', 'journeys.read', {
    params: id,
    response: z.object({ items: z.array(trialSchema) }),
  }),
  journeyTrial: endpoint('GET', '/api/journeys/:id/trials/:trial', 'journeys.read', {
    params: z.object({ id: z.string(), trial: z.string() }),
    response: trialReportSchema,
  }),
  journeyTrialAct: endpoint('POST', '/api/journeys/:id/trials/:trial/act', 'journeys.write', {
    params: z.object({ id: z.string(), trial: z.string() }),
    body: trialActSchema,
    response: trialSchema,
  }),
  playbooks: endpoint('GET', '/api/playbooks', 'journeys.read', { response: z.object({ items: z.array(playbookSummarySchema) }) }),
  playbook: endpoint('GET', '/api/playbooks/:key', 'journeys.read', { params: key, response: playbookSchema }),
  /** Again, it adds what is missing and changes nothing. */
  playbookInstall: endpoint('POST', '/api/playbooks/:key/install', 'journeys.write', {
    params: key,
    response: z.object({ journeyIds: z.array(z.string()), parts: z.array(installedPartSchema) }),
  }),
} as const
