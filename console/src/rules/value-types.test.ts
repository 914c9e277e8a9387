import { type PropertyFilter, ruleFilterSchema } from '@chaoxi/contract'
import { expect, it } from 'vitest'
import {
  type KnownProperty,
  operatorsOf,
  typeMismatch,
  valueTypeOf,
  withOperator,
  withProperty,
  withType,
  withValues,
} from './value-types.ts'

const price: KnownProperty = { name: 'price', type: 'number', samples: ['19'] }
const city: PropertyFilter = { property: 'city', op: 'eq', value: '杭州' }

it('writes values in the type that the catalogue has seen', () => {
  const filter = withProperty(city, 'price', price)
  expect(filter).toEqual({ property: 'price', op: 'eq', value: 0 })
  expect(valueTypeOf(filter, price)).toBe('number')
})

it('keeps the value when the operator changes between one and many', () => {
  const many = withOperator(city, 'in', 'string')
  expect(many).toEqual({ property: 'city', op: 'in', value: ['杭州'] })
  expect(withOperator(many, 'neq', 'string')).toEqual({ property: 'city', op: 'neq', value: '杭州' })
  expect(withValues({ property: 'price', op: 'in', value: [1] }, ['1', ' 2.5 ', ''], 'number')).toEqual({
    property: 'price',
    op: 'in',
    value: [1, 2.5],
  })
})

it('notices a text compared with a number, which can never be equal', () => {
  expect(typeMismatch({ property: 'price', op: 'eq', value: '19' }, price)).toBe(true)
  expect(typeMismatch(withType({ property: 'price', op: 'eq', value: '19' }, 'number'), price)).toBe(false)
})

it('makes only filters that the contract takes, for every type and operator', () => {
  for (const type of ['string', 'number', 'boolean'] as const)
    for (const op of operatorsOf('x', undefined, type, true)) {
      const filter = withOperator(withType({ property: 'x', op: 'eq', value: '7' }, type), op, type)
      const emptyList = 'value' in filter && Array.isArray(filter.value) && filter.value.length === 0
      expect(ruleFilterSchema.safeParse(filter).success || (emptyList && type === 'boolean'), `${type} ${op}`).toBe(true)
    }
})

it('asks of a list, of a list of objects and of an object only what they can answer', () => {
  const of = (type: KnownProperty['type']) => operatorsOf('x', { name: 'x', type, samples: [] }, 'string', true)
  expect(of('array')).toEqual(['includes_any', 'includes_all', 'includes_none', 'exists', 'not_exists'])
  expect(of('object')).toEqual(['exists', 'not_exists'])
  expect(operatorsOf('products[].category', undefined, 'string', true)).toEqual(['includes_any', 'includes_all', 'includes_none'])
  const birthday = withOperator({ property: 'birthday', op: 'eq', value: '' }, 'anniversary', 'string')
  expect(withProperty(birthday, 'joined_at', { name: 'joined_at', type: 'string', samples: [] })).toEqual({
    ...birthday,
    property: 'joined_at',
  })
  expect(withProperty(birthday, 'price', price)).toEqual({ property: 'price', op: 'eq', value: 0 })
})
