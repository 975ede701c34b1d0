/** A buffer beyond this, in bytes, is more than what a small part of it should keep in memory. */
const largeBuffer = 16_384
/** What is longer, in bytes, is worth a buffer that is kept for it; as images are. */
const smallPart = 65_536
/** Up to here copying byte by byte is quicker than making a view to copy from. */
const fewBytes = 64

/**
 * Bytes of a payload: a view, or a copy where a small part would keep a large buffer. A payload may be a
 * part of a buffer with hundreds of others.
 */
export function payloadBytes(payload: Uint8Array, start: number, length: number): Uint8Array {
  const { buffer, byteOffset } = payload
  const whole = buffer.byteLength
  if (whole > largeBuffer && length <= fewBytes) {
    const copy = new Uint8Array(length)
    for (let i = 0; i < length; i++) copy[i] = payload[start + i] as number
    return copy
  }
  // a plain Uint8Array, also of the payload that is a Node Buffer
  const view = new Uint8Array(buffer, byteOffset + start, length)
  const isSmall = length <= smallPart && 2 * length < whole
  return whole > largeBuffer && isSmall ? view.slice() : view
}
