/**
 * The manifest's file name. It is written last, and whole: where it is, the attempt has finished.
 *
 * @example
 * ```ts
 * import { existsSync } from 'node:fs'
 * import { join } from 'node:path'
 *
 * import { manifestName } from '@prompt-papermill/core'
 *
 * const hasFinished = (attempt: string): boolean => existsSync(join(attempt, manifestName))
 * console.log(hasFinished('results/count/2026-11-23/12_5d8beb4d/default/count/attempt-1')) // false
 * ```
 */
export const manifestName = 'manifest.json'
