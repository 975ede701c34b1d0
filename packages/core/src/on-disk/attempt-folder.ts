import { chmod, chown, mkdir, readdir, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'

/** Who may read what is written. */
export interface FolderAccess {
  /** Numeric group id of the folders; absent: the process's. */
  readonly gid?: number | undefined
  /** Permission bits that folders don't get, such as 0o027; absent: the process's umask. */
  readonly umask?: number | undefined
}

/**
 * Makes the folder of a new attempt, `attempt-N`, below the folder of its job. An attempt that is there
 * already is never reused: the next free number is taken.
 *
 * @returns the folder, and the number that it got.
 */
export async function openAttemptFolder(
  jobFolder: string,
  wanted: number,
  access: FolderAccess = {},
): Promise<{ folder: string; attempt: number }> {
  await makeFolders(jobFolder, access)
  for (let attempt = Math.max(wanted, (await latestAttempt(jobFolder)) + 1); ; attempt += 1) {
    const folder = join(jobFolder, `attempt-${attempt}`)
    try {
      await mkdir(folder)
      await grant(folder, access)
      return { folder, attempt }
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
  }
}

/** The highest number of an attempt in a job's folder, or 0. */
async function latestAttempt(jobFolder: string): Promise<number> {
  const names = await readdir(jobFolder)
  const numbers = names.map((name) => Number(/^attempt-(?<n>\d+)$/u.exec(name)?.groups?.n ?? 0))
  return Math.max(0, ...numbers)
}

/** Makes a folder with those above it that are missing, and grants access to each that it made. */
export async function makeFolders(folder: string, access: FolderAccess): Promise<void> {
  const first = await mkdir(folder, { recursive: true })
  if (first === undefined) return
  // every folder that was made now, from the innermost out
  for (let made = folder; made.length >= first.length; made = dirname(made))
    await grant(made, access)
}

async function grant(folder: string, { gid, umask }: FolderAccess): Promise<void> {
  if (gid !== undefined) await chown(folder, (await stat(folder)).uid, gid)
  // the group bit hands the group on to what the notebook writes
  if (umask !== undefined) await chmod(folder, (gid === undefined ? 0o777 : 0o2777) & ~umask)
}
