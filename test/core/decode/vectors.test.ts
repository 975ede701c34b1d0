import { describe, expect, it } from 'vitest'

import { makeDecoder } from '../../../packages/core/src/decode/decoders.js'
import { canonicalJson } from '../../../packages/core/src/documents/values/lossless-json.js'
import { fromLosslessJson } from '../../../packages/core/src/documents/values/lossless-json.js'
import { partsOf, readExpected, readFrames, vectorNames } from '../../support/vectors.js'

/** Which decoder besides `auto` a vector is for. */
function decoderOf(vector: string): 'pickle' | 'msgpack' | 'json' {
  if (vector.startsWith('msgpack')) return 'msgpack'
  return vector === 'json' ? 'json' : 'pickle'
}

describe('a frame recorded from a real RunEngine', () => {
  it.each(vectorNames)('decodes to what was published: %s', (vector) => {
    const expected = readExpected(vector)
    const frames = readFrames(vector).map(partsOf)
    expect(frames.length).toBe(expected.length)
    for (const decoder of [makeDecoder('auto'), makeDecoder(decoderOf(vector))]) {
      frames.forEach(({ name, payload }, i) => {
        // numbers compare as numbers, whatever notation they came in
        const wanted = canonicalJson(fromLosslessJson(expected[i] as string))
        expect(canonicalJson([name, decoder.decode(payload)])).toBe(wanted)
      })
    }
  })
})
