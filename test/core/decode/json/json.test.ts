import { describe, expect, it } from 'vitest'

import { jsonDecoder } from '../../../../packages/core/src/decode/decoders.js'
import {
  canonicalJson,
  fromLosslessJson,
} from '../../../../packages/core/src/documents/values/lossless-json.js'
import { bytesOf, codeThrownBy } from '../../../support/bytes.js'
import { runFixture } from '../../../support/python-cases.js'
import { itRefuses, type Refusal } from '../../../support/refusals.js'

/** Python is asked what each text is, or whether it is JSON at all; a list keeps null apart from that. */
const texts: readonly string[] = [
  '{"a": [1, 2.5, -3e-7, true, false, null, "x"], "b": {}}',
  ' \t\r\n[ 1 , 2 ] \n',
  '[0, -0, -0.0, 0.0, 1e5, 1E+5, 1e-400, 1e400, -1e400]',
  '[9007199254740991, 9007199254740992, 9007199254740993, -9007199254740993, 1180591620717411303424]',
  '[1795444364.8704233, 12345678901234567.0, 123456789012345678e3, 0.1234567890123456789]',
  `[${'9'.repeat(4300)}, -${'9'.repeat(4300)}]`,
  '[NaN, Infinity, -Infinity]',
  '{"NaN": NaN, "Infinity": "Infinity", "x": "NaN, -Infinity", "y": [ NaN , -Infinity ]}',
  '[NaN, 0E+00000000, 1E+00000000, -1E+00000000, "0E+0000000000"]',
  '[NaN, 9007199254740993, -0]',
  '["\\u2603 \\ud83e\\uddea \\ud800 \\n\\"\\\\\\/\\b\\f\\r\\t", "naïve ☃ 🧪", "\u007f"]',
  '["a\\\\", "\\\\\\"", "\\"[[[{{{", NaN]',
  '{"a": 1, "a": 2, "b": {"c": NaN, "c": 5}, "b": 3}',
  '{"a": NaN, "a": 2}',
  '{"__proto__": {"polluted": true}, "constructor": 1, "toString": 2, "1000": 3, "": 4}',
  '{"__proto__": {"polluted": NaN}, "x": {"__proto__": Infinity}}',
  '{"a": {"a": NaN, "a": [1]}, "a": {"a": [1]}}',
  '"just text"',
  '[[[[[[]]]]]]',
  // what Python refuses
  '',
  '{',
  '[1,]',
  '[,1]',
  '{"a": 1,}',
  "{'a': 1}",
  '{"a"}',
  '{1: 2}',
  '[1 2]',
  '[01]',
  '[-01]',
  '[+1]',
  '[.5]',
  '[5.]',
  '[1e]',
  '[0x10]',
  '[nan]',
  '[-NaN]',
  '[+Infinity]',
  '[NaNa]',
  '[1NaN]',
  '[1.NaN]',
  '[1eInfinity]',
  '[NaN5]',
  '[Infinity5]',
  '[--Infinity]',
  '[1-Infinity]',
  '[NaN NaN]',
  '[NaN, ]',
  '{NaN: 1}',
  '[Infinit]',
  '[undefined]',
  '[tru]',
  '["a\tb"]',
  '["a\nb", NaN]',
  '["\\x41"]',
  '["\\u12"]',
  '["a',
  '["a, NaN]',
  '[1] 2',
  '[1]]',
  ']][[',
  '// comment\n[1]',
  '\u00a0[1]',
  `[${'9'.repeat(4301)}]`,
]

function shown(text: string): string {
  return JSON.stringify(text.slice(0, 60))
}

describe('JSON is read as Python reads it', () => {
  const decoder = jsonDecoder()
  const payloads = texts.map((text) => new TextEncoder().encode(text))
  const input = payloads.map((payload) => Buffer.from(payload).toString('base64')).join('\n')
  const answers = runFixture('decode/json_loads.py', input).split('\n')

  it.each(
    payloads.map(
      (payload, i) => [shown(texts[i] as string), payload, answers[i] as string] as const,
    ),
  )('%s', (_, payload, answer) => {
    if (answer === 'null') {
      const wanted = payload.length > 4300 ? 'too-large' : 'bad-payload'
      expect(codeThrownBy(() => decoder.decode(payload))).toBe(wanted)
    } else {
      const wanted = canonicalJson(fromLosslessJson(answer))
      expect(canonicalJson(decoder.decode(payload))).toBe(wanted)
    }
  })
})

describe('JSON that no document is', () => {
  const decoder = jsonDecoder()

  const refused: readonly Refusal[] = [
    ['bytes that are not UTF-8', 'bad-payload', () => bytesOf('["\xff"]')],
    ['an overlong form', 'bad-payload', () => bytesOf('["\xc0\x80"]')],
    ['a surrogate', 'bad-payload', () => bytesOf('["\xed\xa0\x80"]')],
    ['lists nested too deep', 'too-deep', () => bytesOf('['.repeat(100_000), ']'.repeat(100_000))],
    ['lists nested too deep, unclosed', 'too-deep', () => bytesOf('['.repeat(100_000))],
    [
      'objects nested too deep',
      'too-deep',
      () => bytesOf('{"a":'.repeat(1000), 'NaN', '}'.repeat(1000)),
    ],
    ['more lists than are taken', 'too-large', () => bytesOf('[', '[],'.repeat(3_000_000), '1]')],
    ['an integer of a million digits', 'too-large', () => bytesOf('[', '9'.repeat(1_000_000), ']')],
    [
      'a million quotes behind backslashes',
      'bad-payload',
      () => bytesOf('["', '\\"'.repeat(1_000_000)),
    ],
    ['a million backslashes', 'bad-payload', () => bytesOf('["', '\\'.repeat(1_000_001), '"')],
    [
      'exponents of many zeros',
      'bad-payload',
      () => bytesOf('[NaN,', '1E+0000000000,'.repeat(50_000)),
    ],
  ]
  itRefuses(decoder, refused)

  it('takes as many levels as maxDepth says, and not one more', () => {
    for (const innermost of ['1', 'NaN']) {
      const nested = (depth: number) => bytesOf('['.repeat(depth), innermost, ']'.repeat(depth))
      expect(Array.isArray(decoder.decode(nested(256)))).toBe(true)
      expect(codeThrownBy(() => decoder.decode(nested(257)))).toBe('too-deep')
    }
  })

  it('counts brackets in strings for nothing', () => {
    const payload = bytesOf('["', '['.repeat(1000), '", "\\"', '{'.repeat(1000), '"]')
    expect(decoder.decode(payload)).toHaveLength(2)
  })
})
