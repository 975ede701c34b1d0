import type { PickledDtype } from './internal.js'

/**
 * What the memo holds in place of a NumPy scalar's bytes and, under the next number, of its arguments:
 * hardly any pickle asks for them again, and every event has several.
 */
export class DeferredScalar {
  private bytes: Uint8Array | undefined

  /**
   * @param dtype - the first argument; the bytes are the second.
   * @param payload - holds `length` bytes from `start` on.
   * @param number - the number of the bytes in the memo.
   */
  constructor(
    private readonly dtype: PickledDtype,
    private readonly payload: Uint8Array,
    private readonly start: number,
    private readonly length: number,
    private readonly number: number,
  ) {}

  /** Makes what the memo should have under `number`. */
  make(number: number): unknown {
    const { buffer, byteOffset } = this.payload
    this.bytes ??= new Uint8Array(buffer, byteOffset + this.start, this.length)
    return number === this.number ? this.bytes : [this.dtype, this.bytes]
  }
}
