import { lstat, readdir } from 'node:fs/promises'
import { join } from 'node:path'

import type { AttemptFolder } from './attempt-folder.js'

/** A file of an attempt. */
export interface ListedFile {
  /** Below the folder, with `/`. */
  readonly name: string
  /** Bytes. */
  readonly size: number
  /** When it was written last: milliseconds since 1970. */
  readonly time: number
}

/** No more are listed, and no more folders are looked into. */
const most = { files: 500, folders: 100 }

/**
 * The files that an attempt has by now, sorted by name. Links are left out, and so is what goes meanwhile.
 */
export async function listFiles(
  folder: AttemptFolder,
): Promise<{ readonly files: readonly ListedFile[]; readonly truncated: boolean }> {
  const files: ListedFile[] = []
  const folders = ['']
  for (let looked = 0; folders.length > 0; looked += 1) {
    if (looked === most.folders) return sorted(files, true)
    const below = folders.shift() as string
    for (const entry of await entriesOf(join(folder.path, below))) {
      const name = below === '' ? entry.name : `${below}/${entry.name}`
      if (entry.isDirectory()) folders.push(name)
      if (!entry.isFile()) continue
      if (files.length === most.files) return sorted(files, true)
      const file = await statOf(folder, name)
      if (file) files.push(file)
    }
  }
  return sorted(files, false)
}

function sorted(files: ListedFile[], truncated: boolean) {
  return { files: files.sort((a, b) => (a.name < b.name ? -1 : 1)), truncated }
}

async function entriesOf(path: string) {
  try {
    return await readdir(path, { withFileTypes: true })
  } catch {
    // it is gone, or not ours to read
    return []
  }
}

async function statOf({ path }: AttemptFolder, name: string): Promise<ListedFile | null> {
  try {
    const { size, mtimeMs } = await lstat(join(path, name))
    return { name, size, time: mtimeMs }
  } catch {
    // gone
    return null
  }
}
