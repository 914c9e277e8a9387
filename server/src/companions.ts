import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { type Me, permissions } from '@chaoxi/contract'
import type { Hono } from 'hono'
import { createStandIn, type StandIn } from './delivery/standin/index.ts'
import { createDemoShop, demoRoutes, loadSample } from './demo/index.ts'
import type { Clock } from './platform/clock.ts'
import type { Caller } from './platform/http/api.ts'
import type { Ids } from './platform/ids.ts'
import type { Loops } from './platform/jobs/loops.ts'
import type { Logger } from './platform/log.ts'
import type { House } from './wiring.ts'
import type { FirstWorkspace } from './workspaces/index.ts'

// What stands beside the product so that a newcomer sees a whole story: a shop, and an SMS provider that sends nothing.

export interface CompanionDeps {
  readonly house: House
  readonly first: FirstWorkspace
  readonly clock: Clock
  readonly ids: Ids
  readonly log: Logger
  readonly loops: Loops
  readonly publicUrl: string
  readonly dataFolder: string
  /** `http://127.0.0.1:7799/standin/aliyun/` of a stand-in in a process of its own; null: the one in this process. */
  readonly standInUrl: string | null
}

export interface Companions {
  readonly standIn: StandIn
  readonly routes: Readonly<Record<string, Hono>>
  loadSample(): Promise<void>
}

const standInKeyId = 'STANDIN'
const signName = '潮汐小店'
const optOutText = '回T退订'
/** 0.05 yuan, what a marketing segment costs at the usual volume. */
const pricePerSegmentFen = 5

/** The program itself, where something is done in nobody's name. */
function ourselves(first: FirstWorkspace): Caller {
  const me: Me = {
    account: { id: 'system', email: '', name: 'Chaoxi' },
    workspace: { id: first.workspaceId, name: '', timeZone: 'Asia/Shanghai' },
    role: 'admin',
    permissions: [...permissions],
  }
  return { workspaceId: first.workspaceId, me, actor: 'system' }
}

async function registerAt(standInUrl: string, account: Parameters<StandIn['register']>[0]): Promise<void> {
  const answer = await fetch(new URL('accounts', standInUrl), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(account),
  })
  if (!answer.ok) throw new Error(`the stand-in at ${standInUrl} did not take our account: ${answer.status} ${await answer.text()}`)
}

export async function createCompanions(deps: CompanionDeps): Promise<Companions> {
  const { house, first, clock, ids, log, loops, publicUrl, dataFolder } = deps
  const { workspaceId, writeKey } = first
  const standIn = createStandIn({ file: join(dataFolder, 'standin.jsonl'), clock, log })
  loops.add(standIn.loop)

  // An account that somebody set up at a real provider is left alone; ours follows the port, which may have changed.
  const current = await house.delivery.smsAccountInput(workspaceId)
  const usesStandIn = current === null || current.accessKeyId === standInKeyId
  if (usesStandIn) {
    const accessKeySecret = current?.accessKeySecret ?? randomBytes(18).toString('base64url')
    const endpoint = deps.standInUrl ?? `${publicUrl}/standin/aliyun/`
    const { callbackToken } = await house.delivery.setUpSmsAccount(workspaceId, {
      endpoint,
      accessKeyId: standInKeyId,
      accessKeySecret,
      signName: current?.signName ?? signName,
      optOutText: current?.optOutText ?? optOutText,
      pricePerSegmentFen: current?.pricePerSegmentFen ?? pricePerSegmentFen,
    })
    const callbacks = `${publicUrl}/callbacks/aliyun/${callbackToken}`
    const account = { accessKeyId: standInKeyId, accessKeySecret, reportUrl: `${callbacks}/report`, uplinkUrl: `${callbacks}/uplink` }
    if (deps.standInUrl === null) standIn.register(account)
    else await registerAt(deps.standInUrl, account)
  }

  const shop = createDemoShop({
    clock,
    ids,
    stateFile: join(dataFolder, 'demo-shop.json'),
    account: async () => ({ workspaceId, writeKey }),
    claimCoupon: house.benefits.claim,
    useCoupon: house.benefits.use,
    send: house.ingest.accept,
  })
  return {
    standIn,
    // Its controls and its phones have no login: where a real account sends, they are not there.
    routes: { ...(usesStandIn ? { '/standin': standIn.app } : {}), '/demo': demoRoutes(shop) },
    loadSample: () =>
      loadSample({
        clock,
        caller: ourselves(first),
        accept: house.ingest.accept,
        createTag: (caller, tag) => house.tags.definitions.create(caller, 'tag', tag),
        createSegment: (caller, segment) => house.tags.definitions.create(caller, 'segment', { ...segment, layer: null }),
        installPlaybook: async (caller, key) => (await house.playbooks.install(caller, key)).journeyIds,
        publishJourney: house.journeys.publish,
        claimCoupon: house.benefits.claim,
      }),
  }
}
