const utf8 = new TextEncoder()
const loneSurrogate = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/

/** Bytes that grow as they are written. */
export class ByteWriter {
  #bytes = new Uint8Array(256)
  #view = new DataView(this.#bytes.buffer)
  #length = 0

  /** A copy of what was written. */
  finish(): Uint8Array {
    return this.#bytes.slice(0, this.#length)
  }

  uint8(...values: number[]): void {
    const at = this.#grow(values.length)
    this.#bytes.set(values, at)
  }

  uint32(value: number, littleEndian: boolean): void {
    const at = this.#grow(4)
    this.#view.setUint32(at, value, littleEndian)
  }

  uint64(value: bigint, littleEndian: boolean): void {
    const at = this.#grow(8)
    this.#view.setBigUint64(at, BigInt.asUintN(64, value), littleEndian)
  }

  /** A double, in network order as all formats have it. */
  float64(value: number): void {
    const at = this.#grow(8)
    this.#view.setFloat64(at, value)
  }

  bytes(bytes: Uint8Array): void {
    const at = this.#grow(bytes.length)
    this.#bytes.set(bytes, at)
  }

  /** Makes room; returns where it begins. */
  #grow(count: number): number {
    const at = this.#length
    this.#length += count
    if (this.#length > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(this.#length, 2 * this.#bytes.length))
      larger.set(this.#bytes)
      this.#bytes = larger
      this.#view = new DataView(larger.buffer)
    }
    return at
  }
}

/** UTF-8; a lone surrogate as its three bytes, which Python calls `surrogatepass`. */
export function encodeUtf8WithSurrogates(text: string): Uint8Array {
  if (!loneSurrogate.test(text)) return utf8.encode(text)
  const writer = new ByteWriter()
  for (const character of text) {
    const code = character.codePointAt(0) as number
    if (code < 0xd800 || code > 0xdfff) writer.bytes(utf8.encode(character))
    else writer.uint8(0xed, 0x80 | ((code >> 6) & 0x3f), 0x80 | (code & 0x3f))
  }
  return writer.finish()
}
