import { constants, type Stats } from 'node:fs'
import { type FileHandle, open, readlink, realpath } from 'node:fs/promises'
import { join } from 'node:path'

import { OperationError } from '../../operation-error.js'
import { type AttemptFolder, isBelow } from './attempt-folder.js'

/** An open file of an attempt; closing it is the caller's. */
export interface OpenFile {
  readonly handle: FileHandle
  readonly stats: Stats
}

/** Nothing below an attempt's folder has a longer path. */
const longestName = 2000

/** Whether a name could be that of a file below a folder: nothing that leads out, or up. */
function isFileName(name: string): boolean {
  if (name === '' || name.length > longestName || name.includes('\0')) return false
  return name.split('/').every((part) => part !== '' && part !== '.' && part !== '..')
}

/**
 * Opens a file of an attempt for reading.
 *
 * What was opened is looked at, and not its name, so that no link that is changed meanwhile leads out of the
 * folder. It never waits: a pipe is no file.
 *
 * @param name - its path below the folder, with `/`.
 * @throws OperationError `not-found`.
 */
export async function openFile(folder: AttemptFolder, name: string): Promise<OpenFile> {
  if (!isFileName(name)) throw missing(name)
  const path = join(folder.path, name)
  let handle: FileHandle
  try {
    handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
  } catch {
    // whatever it is, it is no file that can be shown
    throw missing(name)
  }
  try {
    const stats = await handle.stat()
    if (stats.isFile() && isBelow(await truePath(handle, path), folder.path))
      return { handle, stats }
    throw missing(name)
  } catch (error) {
    await handle.close()
    throw error
  }
}

/** Where an open file really is. */
async function truePath(handle: FileHandle, path: string): Promise<string> {
  try {
    return await readlink(`/proc/self/fd/${handle.fd}`)
  } catch {
    // no Linux
    return realpath(path)
  }
}

function missing(name: string): OperationError {
  return new OperationError('not-found', `this attempt has no file "${name.slice(0, 200)}"`)
}
