import { realpath } from 'node:fs/promises'
import { sep } from 'node:path'

import { OperationError } from '../../operation-error.js'
import type { ApiPlace } from '../place.js'

/** An attempt's folder, which is sure to be below the results' root. */
export interface AttemptFolder {
  /** Absolute, with links resolved. */
  readonly path: string
  /** Part of the URLs of what is in it. */
  readonly url: string
}

/**
 * Finds an attempt's folder.
 *
 * @throws OperationError `not-found`, with why.
 */
export async function attemptFolder(
  { ledger, results, feed }: Pick<ApiPlace, 'ledger' | 'results' | 'feed'>,
  job: string,
  attempt: number,
): Promise<AttemptFolder> {
  const rows = await ledger.attempts(job)
  const row = rows.find((one) => one.attempt === attempt)
  const live = feed.statusOf(job)
  const folder = row?.results_dir ?? (live?.attempt === attempt ? live.resultsDir : null)
  if (folder === null) {
    throw new OperationError(
      'not-found',
      row
        ? `attempt ${attempt} of this job has no folder: it did not come so far, or retention has taken it`
        : `there is no attempt ${attempt} of this job`,
    )
  }
  const [path, root] = await Promise.all([real(folder), real(results)])
  if (!isBelow(path, root)) {
    throw new OperationError(
      'not-found',
      'the folder of this attempt is not below the results folder of the config, so that nothing of it is shown',
    )
  }
  return { path, url: `/api/v1/jobs/${encodeURIComponent(job)}/attempts/${attempt}` }
}

/** Whether a path is inside of another; both without links. */
export function isBelow(path: string, root: string): boolean {
  return path.startsWith(root.endsWith(sep) ? root : `${root}${sep}`)
}

async function real(path: string): Promise<string> {
  try {
    return await realpath(path)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code !== 'ENOENT' && code !== 'ENOTDIR' && code !== 'EACCES') throw error
    throw new OperationError('not-found', `the folder ${path} can't be read (${code})`)
  }
}
