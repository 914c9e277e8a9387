import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decide, type Graph, type Identifier, type Statement } from './graph.ts'

const nobody: Statement = {
  userId: null,
  anonymousId: null,
  phone: null,
  email: null,
  previousId: null,
  wechat: [],
  unbind: [],
  byHand: false,
}

function graphOf(owners: Record<string, number>, withUser: readonly number[]): Graph {
  return {
    owner: (one: Identifier) => owners[`${one.kind}:${one.value}`] ?? null,
    hasUser: (id) => withUser.includes(id),
    separated: () => false,
  }
}

describe('decide', () => {
  test('a device nobody knows becomes a person of its own', () => {
    expect(decide({ ...nobody, anonymousId: 'd' }, graphOf({}, []))).toEqual({
      personId: null,
      by: null,
      actions: [{ kind: 'create' }, { kind: 'link', identifier: { kind: 'anonymous_id', value: 'd' } }],
    })
  })

  test('a new account takes over the device that it registers from', () => {
    expect(decide({ ...nobody, userId: 'u', anonymousId: 'd' }, graphOf({ 'anonymous_id:d': 7 }, []))).toEqual({
      personId: 7,
      by: { kind: 'anonymous_id', value: 'd' },
      actions: [{ kind: 'link', identifier: { kind: 'user_id', value: 'u' } }],
    })
  })

  test('a known account that logs in on an unowned device takes in its past', () => {
    expect(decide({ ...nobody, userId: 'u', anonymousId: 'd' }, graphOf({ 'user_id:u': 1, 'anonymous_id:d': 7 }, [1]))).toEqual({
      personId: 1,
      by: { kind: 'user_id', value: 'u' },
      actions: [{ kind: 'merge', from: 7, reason: 'device' }],
    })
  })

  test("another account's device is handed on without its past", () => {
    expect(decide({ ...nobody, userId: 'u', anonymousId: 'd' }, graphOf({ 'user_id:u': 1, 'anonymous_id:d': 2 }, [1, 2]))).toEqual({
      personId: 1,
      by: { kind: 'user_id', value: 'u' },
      actions: [
        { kind: 'refuse', refusal: 'handed_on', identifier: { kind: 'anonymous_id', value: 'd' }, other: 2 },
        { kind: 'link', identifier: { kind: 'anonymous_id', value: 'd' } },
      ],
    })
  })

  test('a phone that belongs to another account stays there', () => {
    expect(decide({ ...nobody, userId: 'u', phone: '+861' }, graphOf({ 'user_id:u': 1, 'phone:+861': 2 }, [1, 2]))).toEqual({
      personId: 1,
      by: { kind: 'user_id', value: 'u' },
      actions: [{ kind: 'refuse', refusal: 'contact_kept', identifier: { kind: 'phone', value: '+861' }, other: 2 }],
    })
  })

  test('somebody known by phone only becomes the account that names the phone', () => {
    expect(decide({ ...nobody, userId: 'u', phone: '+861' }, graphOf({ 'phone:+861': 3 }, []))).toEqual({
      personId: 3,
      by: { kind: 'phone', value: '+861' },
      actions: [{ kind: 'link', identifier: { kind: 'user_id', value: 'u' } }],
    })
  })

  test('alias joins a device, not two accounts: that takes a hand', () => {
    const alias = { ...nobody, userId: 'u', previousId: 'v' }
    const by = { kind: 'user_id', value: 'u' }
    expect(decide(alias, graphOf({ 'user_id:u': 1, 'anonymous_id:v': 7 }, [1]))).toEqual({
      personId: 1,
      by,
      actions: [{ kind: 'merge', from: 7, reason: 'alias' }],
    })
    const two = graphOf({ 'user_id:u': 1, 'user_id:v': 2 }, [1, 2])
    expect(decide(alias, two)).toEqual({
      personId: 1,
      by,
      actions: [{ kind: 'refuse', refusal: 'accounts_kept', identifier: { kind: 'user_id', value: 'v' }, other: 2 }],
    })
    expect(decide({ ...alias, byHand: true }, two).actions).toEqual([{ kind: 'merge', from: 2, reason: 'hand' }])
    expect(decide({ ...alias, userId: 'new' }, two).actions.map((one) => one.kind)).toEqual(['create', 'link', 'refuse'])
  })

  test('who was split stays split, whatever a message says, until a hand joins them', () => {
    const graph = { ...graphOf({ 'user_id:u': 1, 'anonymous_id:d': 7 }, [1]), separated: () => true }
    const device = { kind: 'anonymous_id', value: 'd' } as const
    expect(decide({ ...nobody, userId: 'u', anonymousId: 'd' }, graph).actions).toEqual([
      { kind: 'refuse', refusal: 'split_kept', identifier: device, other: 7 },
      { kind: 'link', identifier: device },
    ])
    expect(decide({ ...nobody, userId: 'u', previousId: 'd' }, graph).actions).toEqual([
      { kind: 'refuse', refusal: 'split_kept', identifier: device, other: 7 },
    ])
    expect(decide({ ...nobody, userId: 'u', previousId: 'd', byHand: true }, graph).actions).toEqual([
      { kind: 'merge', from: 7, reason: 'hand' },
    ])
  })

  test('one unionid in two apps is one person, and a device of nobody joins it', () => {
    const wechat = [{ kind: 'openid', value: 'wx2:o2' } as const, { kind: 'unionid', value: 'oU' } as const]
    expect(decide({ ...nobody, anonymousId: 'd', wechat }, graphOf({ 'unionid:oU': 1, 'anonymous_id:d': 7 }, [1]))).toEqual({
      personId: 1,
      by: { kind: 'unionid', value: 'oU' },
      actions: [
        { kind: 'link', identifier: { kind: 'openid', value: 'wx2:o2' } },
        { kind: 'merge', from: 7, reason: 'device' },
      ],
    })
  })

  test('two accounts that used one WeChat stay two: it is handed on', () => {
    const wechat = [{ kind: 'openid', value: 'wx1:o1' } as const]
    expect(decide({ ...nobody, userId: 'u', wechat }, graphOf({ 'user_id:u': 1, 'openid:wx1:o1': 2 }, [1, 2]))).toEqual({
      personId: 1,
      by: { kind: 'user_id', value: 'u' },
      actions: [
        { kind: 'refuse', refusal: 'handed_on', identifier: { kind: 'openid', value: 'wx1:o1' }, other: 2 },
        { kind: 'link', identifier: { kind: 'openid', value: 'wx1:o1' } },
      ],
    })
  })

  test('only who has an identifier can give it up', () => {
    const unbind = [{ kind: 'phone', value: '+861' } as const]
    expect(decide({ ...nobody, userId: 'u', unbind }, graphOf({ 'user_id:u': 1, 'phone:+861': 1 }, [1]))).toEqual({
      personId: 1,
      by: { kind: 'user_id', value: 'u' },
      actions: [{ kind: 'unlink', identifier: { kind: 'phone', value: '+861' } }],
    })
    expect(decide({ ...nobody, userId: 'u', unbind }, graphOf({ 'user_id:u': 1, 'phone:+861': 2 }, [1, 2])).actions).toEqual([])
  })

  test('without alias, no merge ever takes in a person who has an account', () => {
    const name = fc.constantFrom('a', 'b', 'c')
    const person = fc.option(fc.integer({ min: 1, max: 4 }), { nil: undefined })
    fc.assert(
      fc.property(
        fc.record({
          userId: fc.option(name),
          anonymousId: fc.option(name),
          phone: fc.option(name),
          email: fc.option(name),
          wechat: fc.array(fc.record({ kind: fc.constantFrom('openid' as const, 'unionid' as const), value: name }), { maxLength: 3 }),
        }),
        fc.dictionary(
          fc.tuple(fc.constantFrom('user_id', 'anonymous_id', 'phone', 'email', 'openid', 'unionid'), name).map((pair) => pair.join(':')),
          person,
        ),
        (ids, owners) => {
          const known = Object.fromEntries(Object.entries(owners).flatMap(([key, id]) => (id === undefined ? [] : [[key, id]])))
          const withUser = Object.entries(known).flatMap(([key, id]) => (key.startsWith('user_id:') ? [id] : []))
          const decision = decide({ ...nobody, ...ids }, graphOf(known, withUser))
          for (const action of decision.actions) if (action.kind === 'merge') expect(withUser).not.toContain(action.from)
        },
      ),
    )
  })
})
