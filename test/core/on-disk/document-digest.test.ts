import { createHash } from 'node:crypto'

import { documentDigest } from '@prompt-papermill/core'
import { describe, expect, it } from 'vitest'

describe('the digest of a document', () => {
  it('does not depend on the order of its keys, and does on everything else', () => {
    const digest = documentDigest({ b: 1, a: { d: NaN, c: [1, 2] } })
    expect(digest).toMatch(/^[\da-f]{64}$/u)
    expect(documentDigest({ a: { c: [1, 2], d: NaN }, b: 1 })).toBe(digest)
    expect(documentDigest({ a: { c: [2, 1], d: NaN }, b: 1 })).not.toBe(digest)
    expect(documentDigest({ a: { c: [1, 2], d: 'nan' }, b: 1 })).not.toBe(digest)
  })

  it('is SHA-256 over the lossless JSON with sorted keys and no spaces', () => {
    const text = '{"a":{"__float__":"nan"},"z":[1,"é"]}'
    expect(documentDigest({ z: [1, 'é'], a: NaN })).toBe(
      createHash('sha256').update(text).digest('hex'),
    )
  })
})
