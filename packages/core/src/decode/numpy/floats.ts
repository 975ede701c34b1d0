/** Reads a `float16`. */
export function readFloat16(view: DataView, at: number, littleEndian: boolean): number {
  const bits = view.getUint16(at, littleEndian)
  const sign = bits & 0x8000 ? -1 : 1
  const exponent = (bits >> 10) & 0x1f
  const fraction = bits & 0x3ff
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : NaN
  if (exponent === 0) return sign * fraction * 2 ** -24
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15)
}

/**
 * Reads C's `long double` as x86 has it, 80 bits padded to 12 or 16 bytes, rounded to a double. Other
 * machines have other ones of the same dtype (`<f16`), which NumPy can't tell apart either.
 */
export function readLongDouble(
  view: DataView,
  at: number,
  littleEndian: boolean,
  size: number,
): number {
  // a big-endian one has its bytes reversed
  const mantissa = view.getBigUint64(littleEndian ? at : at + size - 8, littleEndian)
  const head = view.getUint16(littleEndian ? at + 8 : at + size - 10, littleEndian)
  const sign = head & 0x8000 ? -1 : 1
  const exponent = head & 0x7fff
  if (exponent === 0x7fff) return BigInt.asUintN(63, mantissa) === 0n ? sign * Infinity : NaN
  // in two steps, since 2 ** -1100 is 0
  const shift = exponent - 16383 - 63
  const half = Math.trunc(shift / 2)
  return sign * Number(mantissa) * 2 ** half * 2 ** (shift - half)
}
