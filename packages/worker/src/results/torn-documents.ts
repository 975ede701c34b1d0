import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'

/**
 * Removes the parts of documents files that a worker which was killed left behind: their runs are not whole, and
 * nobody goes on writing them. Only for the worker that has the state folder.
 */
export async function removeTornDocuments(folder: string): Promise<void> {
  const names = await readdir(folder).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  })
  const torn = names.filter((name) => name.endsWith('.partial'))
  await Promise.all(torn.map((name) => rm(join(folder, name), { force: true })))
}
