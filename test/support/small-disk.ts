import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmdirSync } from 'node:fs'
import { open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { onTestFinished } from 'vitest'

import { temporaryFolder } from './temporary-folder.ts'

/** Whether a small disk can be made here: a tmpfs, which takes root. */
export const canMount: boolean = (() => {
  const path = mkdtempSync(join(tmpdir(), 'papermill-mount-'))
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', path], { stdio: 'ignore' })
    execFileSync('umount', [path])
    return true
  } catch {
    return false
  } finally {
    rmdirSync(path)
  }
})()

/** A disk of its own that a test can fill. */
export interface SmallDisk {
  readonly path: string
  /** Leaves no byte free. */
  fill(): Promise<void>
  /** Makes room again. */
  free(): Promise<void>
}

/**
 * A disk that goes when the test does.
 *
 * @param size - as mount has it: `1m`.
 */
export async function smallDisk(size: string): Promise<SmallDisk> {
  const path = await temporaryFolder()
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size},mode=755`, 'tmpfs', path])
  // lazily: what still has a file open there ends a moment later
  onTestFinished(() => void execFileSync('umount', ['-l', path]))
  const filler = join(path, 'filler')
  return {
    path,
    async fill() {
      await using file = await open(filler, 'a')
      for (const bytes of [65_536, 4096, 1]) await fillUp(file, Buffer.alloc(bytes))
    },
    free: () => rm(filler),
  }
}

async function fillUp(file: Awaited<ReturnType<typeof open>>, bytes: Buffer): Promise<void> {
  try {
    for (;;) await file.write(bytes)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error
  }
}
