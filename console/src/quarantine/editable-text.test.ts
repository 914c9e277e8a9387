import { expect, test } from 'vitest'
import { editableText } from './editable-text.ts'

test('an event is indented, and given the type that its path said', () => {
  expect(editableText('{"event":"x"}', '/v1/track')).toBe('{\n  "type": "track",\n  "event": "x"\n}')
  expect(editableText('{"type":"page"}', '/v1/batch')).toBe('{\n  "type": "page"\n}')
})

test('what is no JSON, or would lose digits, stays as it came', () => {
  expect(editableText('{bad', '/v1/track')).toBe('{bad')
  expect(editableText('{"userId":12345678901234567890}', '/v1/track')).toBe('{"userId":12345678901234567890}')
})
