import { lstat, readdir, realpath, rm, rmdir } from 'node:fs/promises'
import { basename, dirname, join, relative, sep } from 'node:path'

import { manifestName } from '@prompt-papermill/core'

/** What became of an attempt's folder; `refused` says why it was left alone. */
export type Removal = 'removed' | 'gone' | { readonly refused: string }

/**
 * Removes the folder of an attempt, and the folders above it that are empty then, up to the results' root. What is
 * not the folder of an attempt inside the root is left alone, be it that a link leads there.
 *
 * @param dryRun - only says what would become of it.
 * @throws Error if the results' root itself is not there, since then nothing can be told.
 */
export async function removeAttempt(
  root: string,
  folder: string,
  dryRun: boolean,
): Promise<Removal> {
  const realRoot = await realpath(root)
  const there = await lstat(folder).catch(unlessGone)
  if (!there) return 'gone'
  const real = await realpath(folder)
  const inside = relative(realRoot, real)
  if (inside === '' || inside === '..' || inside.startsWith(`..${sep}`)) {
    return { refused: `${folder} is not inside ${root}` }
  }
  if (!there.isDirectory() || !/^attempt-\d+$/u.test(basename(real))) {
    return { refused: `${folder} is not the folder of an attempt` }
  }
  if (dryRun) return 'removed'
  // first what says that it is whole
  await rm(join(real, manifestName), { force: true })
  await rm(real, { recursive: true, force: true })
  await removeEmpty(dirname(real), realRoot)
  return 'removed'
}

/**
 * Makes sure that the results are where they should be: an empty folder may be the place where their disk is to
 * be mounted.
 *
 * @throws Error that says so.
 */
export async function checkResultsAreThere(root: string): Promise<void> {
  const names = await readdir(root).catch((error: unknown) => {
    throw new Error(
      `the results folder ${root} can't be read (${(error as Error).message}); nothing was removed`,
    )
  })
  if (names.length === 0) {
    throw new Error(`the results folder ${root} is empty; is its disk mounted? Nothing was removed`)
  }
}

async function removeEmpty(folder: string, root: string): Promise<void> {
  for (let above = folder; above.length > root.length; above = dirname(above)) {
    try {
      await rmdir(above)
    } catch {
      // something else is in it
      return
    }
  }
}

function unlessGone(error: unknown): null {
  if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
  throw error
}
