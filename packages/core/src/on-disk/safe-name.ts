/** The longest file name made of a document's value, in bytes of UTF-8. */
const maxBytes = 100

/**
 * A value from a document as a file name: letters, digits and `_ . - + = @ ,` stay, all else becomes `_`;
 * no dot in front (hidden, or a way up) and no dash (an option, to commands), bounded in length. Nothing of
 * it is a path.
 *
 * @returns `unknown` if nothing is left.
 * @example
 * ```ts
 * import { safeName } from '@prompt-papermill/core'
 *
 * console.log(safeName('../../etc/passwd')) // _.._etc_passwd
 * console.log(safeName(undefined)) // unknown
 * ```
 */
export function safeName(value: unknown): string {
  if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'bigint') {
    return 'unknown'
  }
  const cleaned = String(value)
    .slice(0, maxBytes * 4)
    .normalize('NFC')
    .replace(/[^\p{L}\p{N}_.\-+=@,]/gu, '_')
    .replace(/^\.+/u, '')
    .replace(/^-/u, '_')
  return shortened(cleaned) || 'unknown'
}

function shortened(name: string): string {
  let bytes = 0
  let kept = ''
  for (const character of name) {
    bytes += new TextEncoder().encode(character).length
    if (bytes > maxBytes) break
    kept += character
  }
  return kept
}
