import type { CallInput, EndpointName, JourneyDefinition, Rule } from '@chaoxi/contract'

/** Names of one workspace's things, as they stand in addresses and bodies. */
export interface Things {
  readonly person: number
  /** Of the person with a device. */
  readonly merge: string
  readonly userId: string
  readonly tag: string
  readonly segment: string
  readonly journey: string
  readonly run: string
  readonly rehearsal: string
  readonly save: string
  readonly trial: string
  readonly recipient: string
  readonly template: string
  readonly message: string
  readonly coupon: string
  readonly code: string
  readonly quarantined: string
  readonly apiKey: string
  readonly member: string
  readonly playbook: string
  readonly task: string
  readonly endpoint: string
  /** To the endpoint. */
  readonly posting: string
}

export const everBought: Rule = {
  kind: 'event',
  event: 'Order Paid',
  filters: [],
  window: { kind: 'ever' },
  measure: { fn: 'count' },
  op: 'gte',
  value: 1,
}

export const sendAndExit = (template: string): JourneyDefinition => ({
  trigger: { kind: 'event', event: 'Signed Up', filters: [] },
  reentry: 'never',
  exits: [],
  goal: { event: 'Order Paid', window: { amount: 3, unit: 'day' } },
  start: 'hello',
  nodes: [
    { id: 'hello', kind: 'send', name: 'Hello', channel: 'sms', template, purpose: 'marketing', next: 'wait' },
    { id: 'wait', kind: 'wait', name: '', duration: { amount: 1, unit: 'hour' }, next: 'end' },
    { id: 'end', kind: 'exit', name: '', result: '' },
  ],
})

const tag = { name: 'Sample', description: '', layer: 'behaviour', scene: '', mode: 'dynamic', rule: everBought } as const
const segment = { name: 'Sample', description: '', mode: 'dynamic', rule: everBought } as const
const sms = { kind: 'sms', text: 'Sample {{ customer.name | default: "you" }}' } as const

/** A well-formed call of every endpoint, about these things. The compiler asks for each endpoint of the table. */
export function endpointInputs(of: Things): { [N in EndpointName]: CallInput<N> } {
  const journey = { params: { id: of.journey } }
  const draft = { name: 'Sample', description: '', definition: sendAndExit('sample') }
  return {
    login: { body: { email: 'nobody@sample.cn', password: 'none' } },
    logout: {},
    me: {},
    overview: {},
    recentEvents: {},
    effects: {},
    people: {},
    peopleSave: { body: { name: 'Sample', filter: {} } },
    peopleSaved: { params: { id: of.save } },
    peopleSaves: {},
    person: { params: { id: of.person } },
    personTimeline: { params: { id: of.person } },
    personOrders: { params: { id: of.person } },
    personConsent: { params: { id: of.person }, body: { channel: 'sms', granted: true, note: 'sample' } },
    personMerge: { params: { id: of.person }, body: { from: of.person + 1, note: '' } },
    personIdentity: { params: { id: of.person } },
    personSplitPlan: { params: { id: of.person }, query: { merge: of.merge } },
    personSplit: { params: { id: of.person }, body: { merge: of.merge, note: 'sample' } },
    catalogue: {},
    estimate: { body: { rule: everBought } },
    tags: {},
    tagCreate: { body: { ...tag, key: 'sample' } },
    tag: { params: { key: of.tag } },
    tagUpdate: {
      params: { key: of.tag },
      body: { name: 'Sample', description: '', layer: 'behaviour', scene: '', rule: everBought, revision: 1 },
    },
    tagBoundaries: { params: { key: of.tag } },
    rfmPreview: { body: { event: 'Order Paid', property: 'total', days: 365, by: { recencyDays: 60, frequency: 3, amount: 1_000 } } },
    tagArchive: { params: { key: of.tag } },
    tagMembers: { params: { key: of.tag }, body: { add: [], remove: [of.person] } },
    segments: {},
    segmentCreate: { body: { ...segment, key: 'sample' } },
    segment: { params: { key: of.segment } },
    segmentUpdate: { params: { key: of.segment }, body: { name: 'Sample', description: '', rule: everBought, revision: 1 } },
    segmentArchive: { params: { key: of.segment } },
    segmentMembers: { params: { key: of.segment }, body: { add: [], remove: [of.person] } },
    governance: {},
    governanceReport: { query: { month: '2026-03' } },
    definitionVersions: { params: { kind: 'tag', key: of.tag } },
    definitionRevert: { params: { kind: 'tag', key: of.tag }, body: { to: 1, revision: 1 } },
    definitionRestore: { params: { kind: 'tag', key: of.tag } },
    portrait: { params: { kind: 'segment', key: of.segment } },
    overlap: { query: { of: `segment:${of.segment},tag:${of.tag}` } },
    sizes: { params: { kind: 'segment', key: of.segment }, query: { from: '2026-03-01', to: '2026-03-10' } },
    membersAt: { params: { kind: 'tag', key: of.tag }, query: { day: '2026-03-02' } },
    journeys: {},
    journeyCreate: { body: { ...draft, key: 'sample' } },
    journey,
    journeyCheck: { body: { definition: draft.definition } },
    journeyVersion: { params: { id: of.journey, version: 1 } },
    journeyDraft: { ...journey, body: { ...draft, draftRevision: 1 } },
    journeyPublish: journey,
    journeyShare: { ...journey, body: { share: 10 } },
    journeyReviewRequest: { ...journey, body: { note: 'please', draftRevision: 1 } },
    journeyReviewDecide: { ...journey, body: { answer: 'approved', comment: '', draftRevision: 1 } },
    journeyReviewWithdraw: journey,
    journeyPause: journey,
    journeyResume: journey,
    journeyArchive: journey,
    journeyEnter: { ...journey, body: { key: 'sample', people: [{ userId: 'sample' }] } },
    journeyOccurrences: journey,
    journeyCounters: journey,
    journeyGoals: journey,
    journeyExperiments: journey,
    journeyContestDecide: { params: { id: of.journey, node: 'ab' }, body: { version: 1, way: null } },
    journeyContestReopen: { params: { id: of.journey, node: 'ab' }, body: { version: 1 } },
    holdoutGroups: {},
    holdoutGroupSave: { body: { key: 'sample', name: 'Sample', share: 10, until: null } },
    holdoutGroupDelete: { params: { key: 'none' } },
    journeyInside: journey,
    journeyInsidePlan: { ...journey, body: { kind: 'leave' } },
    journeyRuns: journey,
    alarms: {},
    journeyAlarms: journey,
    journeyAlarmLimits: { ...journey, body: { failurePercent: 10, dropPercent: null, costFen: null, lagMinutes: 5 } },
    tasks: {},
    taskCounts: {},
    task: { params: { id: of.task } },
    taskTake: { body: { ids: [of.task] } },
    taskPutBack: { params: { id: of.task } },
    taskHand: { params: { id: of.task }, body: { who: { kind: 'role', role: 'agent' } } },
    taskComment: { params: { id: of.task }, body: { text: 'Sample' } },
    taskAnswer: { params: { id: of.task }, body: { outcome: 'done', key: 'sample' } },
    alarmOutlet: {},
    alarmOutletTest: {},
    alarmOutletUpdate: { body: { outlet: null } },
    webhookEndpoints: {},
    webhookEndpointCreate: { body: { key: 'sample', name: 'Sample', url: 'https://sample.example/hook' } },
    webhookEndpoint: { params: { key: of.endpoint } },
    webhookEndpointUpdate: { params: { key: of.endpoint }, body: { name: 'Sample', url: 'https://sample.example/hook', revision: 1 } },
    webhookEndpointDelete: { params: { key: of.endpoint } },
    webhookEndpointSecret: { params: { key: of.endpoint }, body: { graceHours: 1 } },
    webhookEndpointResume: { params: { key: of.endpoint } },
    webhookEndpointTest: { params: { key: of.endpoint }, body: { data: {} } },
    webhookPostings: { params: { key: of.endpoint } },
    webhookPostingResend: { params: { key: of.endpoint, id: of.posting } },
    journeyTrend: journey,
    journeyHealth: journey,
    journeyStops: journey,
    journeyFailures: journey,
    journeyFailuresAct: { ...journey, body: { action: 'retry', among: 'failed', nodeId: 'hello', reason: 'sample' } },
    journeyRunsAct: { ...journey, body: { action: 'retry', runs: [of.run] } },
    personJourneys: { params: { id: of.person } },
    journeyExplain: { ...journey, query: { person: of.person } },
    journeyRunWhy: { params: { id: of.journey, run: of.run }, query: { step: 0 } },
    journeyRunSteps: { params: { id: of.journey, run: of.run } },
    journeyRehearse: { ...journey, body: {} },
    journeyRehearsals: journey,
    journeyRehearsal: { params: { id: of.journey, rehearsal: of.rehearsal } },
    journeyRehearsalCancel: { params: { id: of.journey, rehearsal: of.rehearsal } },
    testRecipients: {},
    testRecipientAdd: { body: { name: 'Sample', channel: 'popup', address: 'sample', belongsToStaff: true } },
    testRecipientRemove: { params: { id: of.recipient } },
    journeyTrialChoice: { ...journey, body: { people: { kind: 'choose' } } },
    journeyTry: { ...journey, body: { people: { kind: 'choose' } } },
    journeyTrials: journey,
    journeyTrial: { params: { id: of.journey, trial: of.trial } },
    journeyTrialAct: { params: { id: of.journey, trial: of.trial }, body: { kind: 'stop' } },
    playbooks: {},
    playbook: { params: { key: of.playbook } },
    playbookInstall: { params: { key: of.playbook } },
    templates: {},
    templateCreate: { body: { key: 'sample', name: 'Sample', channel: 'sms', content: sms, linkUrl: '' } },
    template: { params: { key: of.template } },
    templateUpdate: { params: { key: of.template }, body: { name: 'Sample', content: sms, linkUrl: '', revision: 1 } },
    templateArchive: { params: { key: of.template } },
    templatePreview: { body: { channel: 'sms', content: sms, linkUrl: '', personId: of.person } },
    messages: {},
    message: { params: { id: of.message } },
    coupons: {},
    couponCreate: {
      body: { key: 'sample', name: 'Sample', kind: 'amount_off', value: 1000, thresholdFen: 0, stock: 10, perPersonMax: 1, validDays: 7 },
    },
    couponArchive: { params: { key: of.coupon } },
    couponClaim: { params: { key: of.coupon }, body: { userId: of.userId, requestId: 'sample-claim' } },
    couponUse: { body: { code: of.code, orderId: 'sample-order', totalFen: 5000 } },
    quarantine: {},
    itemsWrite: { body: { items: [{ sku: 'sample', priceFen: 100, stock: 1 }] } },
    quarantineReplay: { params: { id: of.quarantined }, body: { raw: '{"type":"track","event":"Sample","userId":"sample"}' } },
    quarantineDiscard: { params: { id: of.quarantined } },
    workspace: {},
    workspaceUpdate: {
      body: {
        name: 'Sample',
        timeZone: 'Asia/Shanghai',
        quietHours: { start: '22:00', end: '08:00' },
        marketingCap: { max: 2, hours: 24 },
      },
    },
    apiKeys: {},
    apiKeyCreate: { body: { kind: 'api', name: 'Sample' } },
    apiKeyRevoke: { params: { id: of.apiKey } },
    members: {},
    memberCreate: { body: { email: 'sample@sample.cn', name: 'Sample', role: 'agent', password: 'sample-sample' } },
    memberUpdate: { params: { id: of.member }, body: { role: 'analyst' } },
    memberRemove: { params: { id: of.member } },
    channelAccounts: {},
    channelAccountUpdate: {
      body: {
        provider: 'aliyun',
        endpoint: 'http://127.0.0.1:1/standin/aliyun/',
        accessKeyId: 'sample',
        signName: 'Sample',
        optOutText: '拒收请回复R',
        pricePerSegmentFen: 4,
        secret: 'sample-secret',
      },
    },
    audit: {},
  }
}
