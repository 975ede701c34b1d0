import { describe, expect, it } from 'vitest'

import { pickleDecoder } from '../../../../packages/core/src/decode/decoders.js'
import {
  canonicalJson,
  fromLosslessJson,
} from '../../../../packages/core/src/documents/values/lossless-json.js'
import { pythonCases } from '../../../support/python-cases.js'

const cases = pythonCases('decode/pickle_cases.py')
const names = [...new Set(cases.map(({ name }) => name))]

describe('what CPython pickles decodes to the same value, in protocols 0 to 5', () => {
  const decoder = pickleDecoder()
  it.each(names)('%s', (name) => {
    for (const { protocol, payload, expected } of cases.filter((one) => one.name === name)) {
      const wanted = canonicalJson(fromLosslessJson(expected))
      expect(canonicalJson(decoder.decode(payload)), `protocol ${protocol}`).toBe(wanted)
    }
  })

  it('leaves no prototype changed', () => {
    expect(Object.keys(Object.prototype)).toEqual([])
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined()
  })
})
