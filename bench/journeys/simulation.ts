import type { ClickHouse } from '../../server/src/platform/db/clickhouse.ts'
import { call } from '../harness/api.ts'
import { round, say } from '../harness/result.ts'
import type { Definition, Shop } from './shop.ts'

// Thirty days of a shop's history played through a journey. How many come in and get the first message is counted by a query written by
// hand.

const dayMs = 86_400_000
export const playedDays = 30
const dearFrom = 300

const definition: Definition = {
  trigger: { kind: 'event', event: 'Product Added', filters: [{ property: 'price', op: 'gte', value: dearFrom }] },
  reentry: 'never',
  exits: [{ kind: 'event', event: 'Order Paid' }],
  start: 'hour',
  nodes: [
    { id: 'hour', kind: 'wait', duration: { amount: 1, unit: 'hour' }, next: 'keen' },
    {
      id: 'keen',
      kind: 'condition',
      rule: {
        kind: 'event',
        event: 'Product Viewed',
        filters: [],
        window: { kind: 'rolling', amount: 7, unit: 'day' },
        measure: { fn: 'count' },
        op: 'gte',
        value: 3,
      },
      next: 'offer',
      otherwise: 'remind',
    },
    { id: 'offer', kind: 'send', channel: 'sms', template: 'offer', next: 'back' },
    { id: 'remind', kind: 'send', channel: 'sms', template: 'remind', next: 'back' },
    {
      id: 'back',
      kind: 'wait_event',
      match: { event: 'Cart Viewed' },
      timeout: { amount: 2, unit: 'day' },
      next: 'thanks',
      onTimeout: 'window',
    },
    { id: 'window', kind: 'wait_until', until: { kind: 'window', weekdays: [1, 2, 3, 4, 5], from: '10:00', to: '20:00' }, next: 'thanks' },
    { id: 'thanks', kind: 'send', channel: 'sms', template: 'thanks', next: 'end' },
    { id: 'end', kind: 'exit' },
  ],
}

export interface SimulationFigures {
  readonly people: number
  readonly entries: number
  readonly sent: number
  readonly differences: readonly string[]
  readonly seconds: number
  /** Times faster than life. */
  readonly speed: number
}

/** Who comes in, and who gets which of the first messages. */
async function counted(clickhouse: ClickHouse, workspaceId: number, from: number, to: number) {
  const text = `
    with added as (
      select person_id, min(time) as at from events
      where workspace_id = {workspace:UInt32} and event = 'Product Added' and JSONExtractFloat(properties, 'price') >= {dear:Float64}
        and time > fromUnixTimestamp64Milli({from:Int64}) and time <= fromUnixTimestamp64Milli({to:Int64})
      group by person_id)
    select count() as entries, countIf(stays and views >= 3) as offer, countIf(stays and views < 3) as remind from (
      select added.person_id as person, added.at as came,
        came + interval 1 hour <= fromUnixTimestamp64Milli({to:Int64})
          and countIf(event = 'Order Paid' and time >= came and time <= came + interval 1 hour) = 0 as stays,
        countIf(event = 'Product Viewed' and time > came + interval 1 hour - interval 7 day and time <= came + interval 1 hour) as views
      from added left join events on events.person_id = added.person_id and events.workspace_id = {workspace:UInt32}
      group by person, came)`
  const [row] = await clickhouse.query<{ entries: number; offer: number; remind: number }>('batch', text, {
    workspace: workspaceId,
    from,
    to,
    dear: String(dearFrom),
  })
  if (row === undefined) throw new Error('nothing was counted')
  return row
}

export async function measureSimulation(shop: Shop): Promise<SimulationFigures> {
  const { chaoxi, clickhouse, clock, workspaceId } = shop
  const { url, loops } = chaoxi
  const to = Math.floor(clock.now() / dayMs) * dayMs
  const from = to - playedDays * dayMs
  const { id } = await call(url, 'journeyCreate', { body: { key: 'played', name: 'played', definition } })
  say(`simulation: ${playedDays} days`)
  const start = performance.now()
  const asked = await call(url, 'journeyRehearse', {
    params: { id },
    body: { from: new Date(from).toISOString(), to: new Date(to).toISOString(), reach: 'everyone' },
  })
  while (await loops.runOnce('journey_rehearsal'));
  const seconds = (performance.now() - start) / 1000
  const { result, state, reason } = await call(url, 'journeyRehearsal', { params: { id, rehearsal: asked.id } })
  if (result === null) throw new Error(`the rehearsal is ${state}: ${reason}`)
  say(`  ${round(seconds)} s`)
  const oracle = await counted(clickhouse, workspaceId, from, to)
  const entered = (node: string) => result.nodes.find((one) => one.nodeId === node)?.entered ?? 0
  const found = { entries: result.entries, offer: entered('offer'), remind: entered('remind') }
  const differences = Object.entries(oracle).flatMap(([what, n]) => {
    const own = found[what as keyof typeof found]
    return own === n ? [] : [`${what}: ${own}, not ${n}`]
  })
  return {
    people: result.people,
    entries: result.entries,
    sent: result.nodes.reduce((sum, node) => sum + node.sent, 0),
    differences,
    seconds: round(seconds, 2),
    speed: Math.round((playedDays * 86_400) / seconds),
  }
}
