import fc from 'fast-check'
import { Temporal } from 'temporal-polyfill'
import { describe, expect, test } from 'vitest'
import { decide, type GateFacts, type GatePolicy } from './decide.ts'
import { quietUntil } from './quiet-hours.ts'

const policy: GatePolicy = { timeZone: 'Asia/Shanghai', quietHours: { start: '21:00', end: '08:00' }, marketingCap: { max: 3, hours: 24 } }
const facts: GateFacts = {
  address: '+8613900000001',
  suppression: null,
  consent: { granted: true, at: 1, source: 'sdk' },
  timeZone: null,
  recentMarketing: [],
}
const sms = { channel: 'sms', purpose: 'marketing' } as const
const noon = Date.parse('2026-03-02T12:00:00+08:00')
const hourMs = 3_600_000

const zones = ['Asia/Shanghai', 'America/New_York', 'Europe/London', 'Australia/Lord_Howe', 'Asia/Kathmandu', 'Pacific/Apia', 'UTC']
const anyZone = fc.constantFrom(...zones)
// 2010-2029, with every change of clocks in between.
const anyInstant = fc.integer({ min: Date.parse('2010-01-01T00:00:00Z'), max: Date.parse('2030-01-01T00:00:00Z') })
const anyTime = fc
  .integer({ min: 0, max: 1439 })
  .map((m) => `${String(Math.floor(m / 60)).padStart(2, '0')}:${String(m % 60).padStart(2, '0')}`)
const anyPolicy = fc.record({
  timeZone: anyZone,
  quietHours: fc.record({ start: anyTime, end: anyTime }),
  marketingCap: fc.record({ max: fc.integer({ min: 0, max: 5 }), hours: fc.integer({ min: 1, max: 72 }) }),
})
const anyFacts = (now: number): fc.Arbitrary<GateFacts> =>
  fc.record({
    address: fc.constantFrom(null, '+8613900000001'),
    suppression: fc.constantFrom(null, null, { reason: 'opt_out' as const, at: 1 }, { reason: 'bad_address' as const, at: 1 }),
    consent: fc.constantFrom(null, { granted: true, at: 1, source: 'x' }, { granted: false, at: 1, source: 'x' }),
    timeZone: fc.oneof(anyZone, fc.constantFrom<unknown>(null, 42, 'Mars/Olympus', '+99:99', '')),
    recentMarketing: fc.array(fc.integer({ min: now - 80 * hourMs, max: now }), { maxLength: 6 }),
  })
const anyCase = anyInstant.chain((now) =>
  fc.record({
    now: fc.constant(now),
    policy: anyPolicy,
    facts: anyFacts(now),
    message: fc.record({
      channel: fc.constantFrom('sms' as const, 'popup' as const),
      purpose: fc.constantFrom('marketing' as const, 'transactional' as const),
    }),
  }),
)

/** Quiet by a second, plainer reading of the rule: minutes of the local day. */
function isQuiet(now: number, zone: string, { start, end }: { start: string; end: string }): boolean {
  const local = Temporal.Instant.fromEpochMilliseconds(now).toZonedDateTimeISO(zone)
  const minutes = (text: string) => Number(text.slice(0, 2)) * 60 + Number(text.slice(3))
  const [at, from, to] = [local.hour * 60 + local.minute, minutes(start), minutes(end)]
  return from <= to ? at >= from && at < to : at >= from || at < to
}

describe('the gate, whatever it is asked', () => {
  test('never sends marketing in quiet hours, without consent, to a refused address, or over the cap', () => {
    fc.assert(
      fc.property(anyCase, ({ now, policy, facts, message }) => {
        const decision = decide(facts, message, policy, now)
        if (decision.answer !== 'send' || message.purpose !== 'marketing') return
        const zone = zones.find((name) => name === facts.timeZone) ?? policy.timeZone
        if (message.channel === 'sms') expect(isQuiet(now, zone, policy.quietHours)).toBe(false)
        expect(facts.consent?.granted).toBe(true)
        expect(facts.suppression).toBe(null)
        expect(facts.recentMarketing.filter((at) => at > now - policy.marketingCap.hours * hourMs).length).toBeLessThan(
          policy.marketingCap.max,
        )
      }),
      { numRuns: 2_000 },
    )
  })

  test('holds until an instant that is later, within two days, and not quiet itself', () => {
    fc.assert(
      fc.property(anyInstant, anyZone, anyTime, anyTime, (now, zone, start, end) => {
        const until = quietUntil(now, zone, { start, end })
        expect(until !== null).toBe(isQuiet(now, zone, { start, end }))
        if (until === null) return
        expect(until).toBeGreaterThan(now)
        expect(until - now).toBeLessThanOrEqual(50 * hourMs)
        expect(quietUntil(until, zone, { start, end })).toBe(null)
      }),
      { numRuns: 5_000 },
    )
  })

  test('sends nothing at all without an address or to an address that is dead', () => {
    fc.assert(
      fc.property(anyCase, ({ now, policy, facts, message }) => {
        const { answer } = decide(facts, message, policy, now)
        if (message.channel === 'sms' && facts.address === null) expect(answer).toBe('drop')
        if (facts.suppression?.reason === 'bad_address') expect(answer).toBe('drop')
      }),
    )
  })

  test('lets what the customer asked for pass at any hour, as often as needed, though not after a refusal of everything', () => {
    const order = { channel: 'sms', purpose: 'transactional' } as const
    const night = Date.parse('2026-03-02T23:30:00+08:00')
    const busy = { ...facts, consent: null, recentMarketing: [night - 1, night - 2, night - 3] }
    expect(decide(busy, order, policy, night).answer).toBe('send')
    expect(decide({ ...busy, suppression: { reason: 'opt_out', at: 1 } }, order, policy, night).answer).toBe('send')
    expect(decide({ ...busy, suppression: { reason: 'refused_all', at: 1 } }, order, policy, night)).toMatchObject({ reason: 'suppressed' })
  })
})

describe('quiet hours', () => {
  const at = (instant: string) => Date.parse(instant)

  test('hold what comes at 23:30 until 08:00', () => {
    expect(decide(facts, sms, policy, at('2026-03-02T23:30:00+08:00'))).toMatchObject({
      answer: 'hold',
      reason: 'quiet_hours',
      until: at('2026-03-03T08:00:00+08:00'),
    })
    expect(decide(facts, sms, policy, at('2026-03-02T20:59:59+08:00')).answer).toBe('send')
    expect(decide(facts, sms, policy, at('2026-03-03T08:00:00+08:00')).answer).toBe('send')
  })

  test("are the customer's, not the shop's, when the customer's zone is known", () => {
    const inLondon = { ...facts, timeZone: 'Europe/London' }
    expect(decide(inLondon, sms, policy, noon)).toMatchObject({ answer: 'hold', until: at('2026-03-02T08:00:00Z') })
  })

  test('end at eight by the clock on the wall on the nights when clocks change', () => {
    expect(quietUntil(at('2026-03-08T00:30:00-05:00'), 'America/New_York', policy.quietHours)).toBe(at('2026-03-08T08:00:00-04:00'))
    expect(quietUntil(at('2026-11-01T00:30:00-04:00'), 'America/New_York', policy.quietHours)).toBe(at('2026-11-01T08:00:00-05:00'))
  })

  test('do not hold a popup, which nobody is woken by', () => {
    expect(decide(facts, { channel: 'popup', purpose: 'marketing' }, policy, at('2026-03-02T23:30:00+08:00')).answer).toBe('send')
  })
})

test('the cap counts a rolling window: the fourth drops until the first is older than the window', () => {
  const sent = [noon - 24 * hourMs + 1, noon - 2, noon - 1]
  expect(decide({ ...facts, recentMarketing: sent }, sms, policy, noon)).toMatchObject({ answer: 'drop', reason: 'frequency_cap' })
  expect(decide({ ...facts, recentMarketing: sent }, sms, policy, noon + 1).answer).toBe('send')
})
