import { describe, expect, it } from 'vitest'

import { makeDecoder } from '../../../packages/core/src/decode/decoders.js'
import { encodePayload } from '../../../packages/core/src/decode/encode.js'
import {
  canonicalJson,
  fromLosslessJson,
} from '../../../packages/core/src/documents/values/lossless-json.js'
import { hasPython } from '../../support/python.js'
import { howMany, pythonBatches, seed } from '../../support/python-batches.js'
import { runFixture } from '../../support/python-cases.js'

/** For each serializer and direction. */
const documents = howMany(2000)
const timeout = 60_000 + documents * 20
const serializers = ['pickle', 'msgpack', 'json'] as const
const enums = ['random_values.Shutter']
const script = 'decode/random_cases.py'

/** What the Python program prints for one document. */
interface Case {
  /** Which of Python's functions made the payload. */
  readonly how: string
  readonly payload: string
  /** The document in the lossless JSON. */
  readonly expected: string
}

/** What to look at, and how to get it again. */
function about(at: number, { how, payload }: Case): string {
  return `document ${at} of PROMPT_PAPERMILL_SEED=${seed}, by ${how}: ${payload}`
}

describe.skipIf(!hasPython).each(serializers)('%s, on random documents', (serializer) => {
  it(
    `${documents} that Python writes are read as what they are, by the decoder and by auto`,
    { timeout },
    () => {
      const decoders = [makeDecoder(serializer, { enums }), makeDecoder('auto', { enums })]
      let count = 0
      for (const one of pythonBatches<Case>(script, documents, { serializer, plain: false })) {
        const wanted = canonicalJson(fromLosslessJson(one.expected))
        const payload = new Uint8Array(Buffer.from(one.payload, 'base64'))
        for (const decoder of decoders) {
          // auto can't tell a msgpack dict without items from other things
          if (decoder.name === 'auto' && payload.length === 1) continue
          const got = canonicalJson(decoder.decode(payload))
          if (got !== wanted) expect(got, about(count, one)).toBe(wanted)
        }
        count += 1
      }
      expect(count).toBe(documents)
    },
  )

  it(`${documents} that we write are read by Python as equal plain values`, { timeout }, () => {
    const cases = [...pythonBatches<Case>(script, documents, { serializer, plain: true })]
    const values = cases.map(({ expected }) => fromLosslessJson(expected))
    const lines = values.map((value) => {
      const payload = encodePayload(value, serializer)
      return `${serializer} ${Buffer.from(payload).toString('base64')}`
    })
    const answers = runFixture('decode/plain_loads.py', lines.join('\n')).trimEnd().split('\n')
    expect(answers.length).toBe(documents)
    answers.forEach((answer, i) => {
      const where = about(i, cases[i]!)
      if (answer.startsWith('refused')) expect.fail(`${where}\n${answer}`)
      const got = canonicalJson(fromLosslessJson(answer))
      const wanted = readByPython(serializer, canonicalJson(values[i]))
      if (got !== wanted) expect(got, where).toBe(wanted)
    })
  })
})

/** NumPy brings what it unpickles into the machine's byte order. */
function readByPython(serializer: string, canonical: string): string {
  return serializer === 'pickle' ? canonical.replaceAll('"dtype":">', '"dtype":"<') : canonical
}
