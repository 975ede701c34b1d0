import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

import { describe, expect, it, onTestFinished } from 'vitest'

import { makeDecoder } from '../../../packages/core/src/decode/decoders.js'
import {
  canonicalJson,
  fromLosslessJson,
} from '../../../packages/core/src/documents/values/lossless-json.js'
import { python } from '../../support/python.js'
import { partsOf, readExpected, readFrames, vectorNames } from '../../support/vectors.js'

/** Which decoder besides `auto` a vector is for. */
function decoderOf(vector: string): 'pickle' | 'msgpack' | 'json' {
  if (vector.startsWith('msgpack')) return 'msgpack'
  return vector === 'json' ? 'json' : 'pickle'
}

function expectDecoded(vector: string, folder?: string): void {
  const expected = readExpected(vector, folder)
  const frames = readFrames(vector, folder).map(partsOf)
  expect(frames.length).toBe(expected.length)
  for (const decoder of [makeDecoder('auto'), makeDecoder(decoderOf(vector))]) {
    frames.forEach(({ name, payload }, i) => {
      // numbers compare as numbers, whatever notation they came in
      const wanted = canonicalJson(fromLosslessJson(expected[i] as string))
      expect(canonicalJson([name, decoder.decode(payload)])).toBe(wanted)
    })
  }
}

describe('a frame recorded from a real RunEngine', () => {
  it.each(vectorNames)('decodes to what was published: %s', (vector) => {
    expectDecoded(vector)
  })

  it('decodes to what was published, by the bluesky that is installed', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'vectors-'))
    onTestFinished(() => rm(folder, { recursive: true, force: true }))
    const recorder = fileURLToPath(new URL('../../fixtures/record_vectors.py', import.meta.url))
    const anew = ['custom_types', 'arrays', 'fly', 'baseline_multi', 'msgpack_numpy', 'json']
    await promisify(execFile)(python, [recorder, folder, ...anew])
    for (const vector of anew) expectDecoded(vector, folder)
  })
})
