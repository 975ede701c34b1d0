/**
 * The id of the job of one entry of one rule for one run: the run's first eight characters, for people,
 * and a hash that is the same wherever and whenever it is made.
 *
 * @param uid - the run's uid
 * @param rule - the rule's name, unique among the rules
 * @param entry - the entry's name, unique in its rule
 * @returns such as `5d8beb4d-83a106cfbcca`: letters, digits, `_` and one `-`.
 *
 * @example
 * ```ts
 * import { jobId } from '@prompt-papermill/core'
 *
 * const uid = '5d8beb4d-8b22-44a9-a1da-0839189d3c61'
 * console.log(await jobId(uid, 'reflectivity', 'fine')) // 5d8beb4d-83a106cfbcca
 * ```
 */
export async function jobId(uid: string, rule: string, entry: string): Promise<string> {
  const text = new TextEncoder().encode(JSON.stringify([uid, rule, entry]))
  const digest = new Uint8Array(await globalThis.crypto.subtle.digest('SHA-256', text))
  const hash = Array.from(digest.subarray(0, 6), (byte) => byte.toString(16).padStart(2, '0'))
  // neither `:` nor a bare integer, so that it can be a key in other queues too
  return `${uid.slice(0, 8).replace(/[^A-Za-z0-9]/gu, '_')}-${hash.join('')}`
}
