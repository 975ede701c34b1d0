import { describe, expect, it } from 'vitest'

import { compareCodePoints } from '../../../../packages/core/src/documents/values/code-points.js'

describe('compareCodePoints', () => {
  it('orders as Python orders str, with characters beyond U+FFFF last', () => {
    const sorted = [
      '',
      '\u0000',
      'A',
      'a',
      'aa',
      'b',
      'é',
      '\ud7ff',
      '\ue000',
      '\uffff',
      '\u{10000}',
      '\u{10ffff}',
    ]
    expect([...sorted].reverse().sort(compareCodePoints)).toEqual(sorted)
    // which JavaScript's own order does not do
    expect([...sorted].sort()).not.toEqual(sorted)
  })

  it('says that equal strings are equal', () => {
    expect(compareCodePoints('a\u{10000}', 'a\u{10000}')).toBe(0)
  })
})
