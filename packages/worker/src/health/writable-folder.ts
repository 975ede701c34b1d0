import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** Writes a byte to a folder, and removes it; resolves with why that can't be and what to do, or null. */
export async function problemOfWriting(folder: string, what: string): Promise<string | null> {
  const file = join(folder, `.writable-${process.pid}`)
  try {
    await writeFile(file, '\n')
    return null
  } catch (error) {
    const { code = '', message } = error as NodeJS.ErrnoException
    return `${what} ${folder} can't be written: ${remedies[code] ?? message}`
  } finally {
    // a full disk leaves an empty file behind
    await rm(file, { force: true }).catch(() => undefined)
  }
}

const remedies: Readonly<Record<string, string>> = {
  ENOSPC: 'its disk is full; make room',
  EDQUOT: 'its quota is used up; make room',
  EROFS: 'it is read-only now, as a disk with errors is; look at the system log',
  EACCES: "this worker's user may not; give it the right to",
  EPERM: "this worker's user may not; give it the right to",
  ENOENT: 'it is gone; bring it back',
  ENOTDIR: 'it is no folder any more; bring it back',
}
