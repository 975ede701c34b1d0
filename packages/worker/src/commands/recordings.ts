import { readdir, stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'

import { CommandError } from './command-error.js'

/**
 * The files that are meant: those named, and all in the folders named and below them, by name. What begins with a dot is
 * left out, as is what another program writes just now (`.partial`).
 *
 * @throws CommandError for what is not there.
 */
export async function recordingsAt(given: readonly string[]): Promise<string[]> {
  const files: string[] = []
  for (const path of given.map((each) => resolve(each))) {
    const found = await stat(path).catch(() => {
      throw new CommandError(`${path} can't be read; is its name right?`)
    })
    if (!found.isDirectory()) files.push(path)
    else files.push(...(await filesIn(path)))
  }
  return files
}

async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = entries
    .filter((entry) => entry.isFile() && !/^\.|\.partial$/u.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
  if (files.length > 0) return files
  throw new CommandError(`${folder} has no file in it; is its name right?`)
}
