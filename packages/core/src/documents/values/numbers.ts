/** A number of a decoded document as a `number`, or undefined if it is none; bigints lose precision. */
export function toNumber(value: unknown): number | undefined {
  if (typeof value === 'number') return value
  if (typeof value === 'bigint') return Number(value)
  return undefined
}

/** A whole number as a `number` where that is exact (`Number.isSafeInteger`), else the bigint itself. */
export function toSafeNumber(value: bigint): number | bigint {
  const number = Number(value)
  return Number.isSafeInteger(number) ? number : value
}
