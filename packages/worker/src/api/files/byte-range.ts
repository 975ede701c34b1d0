/** Bytes of a file, both ends included. */
export interface ByteRange {
  readonly first: number
  readonly last: number
}

/**
 * The bytes that a `Range` header asks for.
 *
 * @param size - the file's.
 * @returns null where the whole is to be sent: there is no header, or it asks for what is not offered, such as
 *   several ranges; `unsatisfiable` where there are no such bytes.
 */
export function byteRange(
  header: string | undefined,
  size: number,
): ByteRange | null | 'unsatisfiable' {
  const groups = /^bytes=(?<first>\d{0,15})-(?<last>\d{0,15})$/u.exec(header ?? '')?.groups
  if (!groups || (groups.first === '' && groups.last === '')) return null
  const given = { first: Number(groups.first), last: Number(groups.last) }
  if (groups.first === '') {
    if (given.last === 0 || size === 0) return 'unsatisfiable'
    return { first: Math.max(0, size - given.last), last: size - 1 }
  }
  if (groups.last !== '' && given.last < given.first) return null
  if (given.first >= size) return 'unsatisfiable'
  return {
    first: given.first,
    last: groups.last === '' ? size - 1 : Math.min(given.last, size - 1),
  }
}
