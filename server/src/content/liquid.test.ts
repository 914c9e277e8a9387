import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseTemplate, renderTemplate, TemplateProblem } from './liquid.ts'

const zone = 'Asia/Shanghai'
const render = (source: string, variables: Record<string, unknown> = {}) => renderTemplate(parseTemplate(source), variables, zone)
const text = (source: string, variables: Record<string, unknown> = {}) => render(source, variables).texts.join('')

function problem(source: string): TemplateProblem {
  try {
    parseTemplate(source)
  } catch (error) {
    if (error instanceof TemplateProblem) return error
    throw error
  }
  throw new Error(`${source} was taken`)
}

describe('a template', () => {
  test('reads customer, event and shop, and falls back', () => {
    expect(text('{{ customer.name | default: "亲" }}您好，{{ shop.name }}', { customer: {}, shop: { name: '潮汐' } })).toBe('亲您好，潮汐')
    expect(text('{% if event.total > 100 %}满百{% else %}加油{% endif %}', { event: { total: 101 } })).toBe('满百')
    expect(
      text('{% for i in hot_items %}{{ i.name }}{% unless forloop.last %}、{% endunless %}{% endfor %}', {
        hot_items: [{ name: '甲' }, { name: '乙' }],
      }),
    ).toBe('甲、乙')
  })

  test('speaks dates in the zone that it is given', () => {
    expect(text('{{ event.at | date: "%-m月%-d日 %H:%M" }}', { event: { at: '2026-03-01T17:05:00Z' } })).toBe('3月2日 01:05')
    expect(text('{{ event.on | date: "%Y/%m/%d" }}', { event: { on: '2026-03-01' } })).toBe('2026/03/01')
    expect(text('{{ event.fen | money }}', { event: { fen: 9950 } })).toBe('99.50')
  })

  test('tells which outputs came out empty, and not those with a fallback or in a branch not taken', () => {
    const source = '{{ customer.name }}{{ customer.city | default: "" }}{% if event.x %}{{ event.y }}{% endif %}'
    expect(render(source, { customer: {} }).holes).toEqual(['{{ customer.name }}'])
    expect(render('{% if event.x %}{{ event.y }}{% endif %}', { event: { x: 1 } }).holes).toEqual(['{{ event.y }}'])
  })

  test('names line and column of what does not parse', () => {
    expect(problem('第一行\n{% if customer.name %}')).toMatchObject({ line: 2 })
    expect(problem('{{ customer.name | reverse }}').message).toContain('undefined filter')
    expect(problem('{{ user.name }}').message).toContain('unknown variable user')
    expect(problem('{{ customer.name ')).toBeInstanceOf(TemplateProblem)
  })

  test.each([
    '{% include "/etc/passwd" %}',
    '{% render "x" %}',
    '{% layout "x" %}',
    '{% capture x %}{% endcapture %}',
    '{% liquid echo 1 %}',
    '{% tablerow i in hot_items %}{% endtablerow %}',
    '{% for i in (1..100000000) %}x{% endfor %}',
    '{% assign r = (1..100000000) %}',
    '{% for i in hot_items %}{% for j in hot_items %}x{% endfor %}{% endfor %}',
  ])('cannot say %s', (source) => {
    expect(problem(source)).toBeInstanceOf(TemplateProblem)
  })

  test('cannot grow without end, nor reach what is not its own', () => {
    const many = Array.from({ length: 5_000 }, () => 'x')
    expect(() => text('{% for i in hot_items %}{{ i }}{% endfor %}', { hot_items: many })).toThrow('longer than')
    expect(text('{{ customer.constructor.name | default: "none" }}', { customer: {} })).toBe('none')
    expect(text('{{ customer.__proto__.toString | default: "none" }}', { customer: {} })).toBe('none')
  })

  test('either parses or says why, whatever it is fed', () => {
    const piece = fc.oneof(
      fc.constantFrom('{{', '}}', '{%', '%}', 'if', 'for', 'customer', '.', '|', ' ', '"', 'default', ':', '-'),
      fc.string({ maxLength: 5 }),
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 20 }), (pieces) => {
        try {
          renderTemplate(parseTemplate(pieces.join('')), { customer: { name: 'x' } }, zone)
        } catch (error) {
          expect(error).toBeInstanceOf(TemplateProblem)
        }
      }),
    )
  })
})
