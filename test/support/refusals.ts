import { expect, it } from 'vitest'

import type { Decoder } from '../../packages/core/src/decode/decoder.js'
import { codeThrownBy } from './bytes.js'

/** A payload that a decoder has to refuse, and with which code. */
export type Refusal = readonly [name: string, code: string, make: () => Uint8Array]

/** No payload of the tests is so long that refusing it takes more milliseconds. */
const longest = 5000

/** Declares one test for each payload: that it is refused, and soon. */
export function itRefuses(decoder: Decoder, refusals: readonly Refusal[]): void {
  it.each(refusals)('is refused: %s (%s)', (_, code, make) => {
    const payload = make()
    const began = performance.now()
    expect(codeThrownBy(() => decoder.decode(payload))).toBe(code)
    expect(performance.now() - began).toBeLessThan(longest)
  })
}
