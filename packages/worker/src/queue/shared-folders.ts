import { randomUUID } from 'node:crypto'
import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

import { writeWhole } from '@prompt-papermill/core'

/** By this file an executor knows the intake's folders from others at the same path. */
const markName = '.prompt-papermill'

/** Marks folders that executors are to share, once for ever. @returns the marks, in the same order */
export async function markFolders(folders: readonly string[]): Promise<readonly string[]> {
  return Promise.all(
    folders.map(async (folder) => {
      await mkdir(folder, { recursive: true })
      const before = await markOf(folder)
      if (before !== null) return before
      const mark = randomUUID()
      await writeWhole(join(folder, markName), `${mark}\n`)
      return mark
    }),
  )
}

/**
 * Looks whether folders are those of the intake.
 *
 * @param marks - the intake's, in the same order.
 * @returns what is wrong and what to do; null: nothing.
 */
export async function problemOfSharing(
  folders: readonly string[],
  marks: readonly string[],
): Promise<string | null> {
  for (const [i, folder] of folders.entries()) {
    if ((await markOf(folder)) === marks[i]) continue
    return `${folder} is not the folder that the intake has at this path: mount its disk here, at the same path`
  }
  return null
}

async function markOf(folder: string): Promise<string | null> {
  return readFile(join(folder, markName), 'utf8').then(
    (text) => text.trim(),
    () => null,
  )
}
