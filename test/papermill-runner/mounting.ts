import { execFile } from 'node:child_process'
import { mkdtemp, rmdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** Whether this machine lets the tests mount file systems: Linux, as root, and not in a strict container. */
export const canMount = await (async () => {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return false
  const folder = await mkdtemp(join(tmpdir(), 'runner-test-'))
  try {
    await mountTemporary(folder, 'size=4k')
    await unmount(folder)
    return true
  } catch {
    return false
  } finally {
    await rmdir(folder)
  }
})()

/** Mounts a file system in memory on a folder, with mount's own options. */
export async function mountTemporary(folder: string, options: string): Promise<void> {
  await run('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', folder])
}

export async function unmount(folder: string): Promise<void> {
  await run('umount', [folder])
}
