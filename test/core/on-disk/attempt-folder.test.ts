import { mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { describe, expect, it } from 'vitest'

import { openAttemptFolder } from '../../../packages/core/src/on-disk/attempt-folder.js'
import { temporaryFolder } from '../../support/temporary-folder.js'

async function modeOf(path: string): Promise<number> {
  return (await stat(path)).mode & 0o7777
}

describe("an attempt's folder", () => {
  it('is new and empty, with all folders above it', async () => {
    const job = join(await temporaryFolder(), 'a/b/c')
    const opened = await openAttemptFolder(job, 1)
    expect(opened).toEqual({ folder: join(job, 'attempt-1'), attempt: 1 })
    expect(await readdir(opened.folder)).toEqual([])
  })

  it('has the number that was wanted, or a later one', async () => {
    const job = await temporaryFolder()
    expect((await openAttemptFolder(job, 1)).attempt).toBe(1)
    expect((await openAttemptFolder(job, 2)).attempt).toBe(2)
    expect((await openAttemptFolder(job, 1)).attempt).toBe(3)
    expect((await openAttemptFolder(job, 7)).attempt).toBe(7)
    expect((await openAttemptFolder(job, 5)).attempt).toBe(8)
  })

  it('is never one that was there, of whatever kind', async () => {
    const job = await temporaryFolder()
    const other = await temporaryFolder()
    await mkdir(join(job, 'attempt-1'))
    await writeFile(join(job, 'attempt-1/kept.txt'), 'kept')
    await writeFile(join(job, 'attempt-2'), 'a file')
    await symlink(other, join(job, 'attempt-3'))
    await symlink(join(other, 'nowhere'), join(job, 'attempt-4'))
    await mkdir(join(job, 'attempt-x'))
    const { folder, attempt } = await openAttemptFolder(job, 1)
    expect(attempt).toBe(5)
    expect((await stat(folder)).isDirectory()).toBe(true)
    expect(await readFile(join(job, 'attempt-1/kept.txt'), 'utf8')).toBe('kept')
    expect(await readdir(other)).toEqual([])
  })

  it('belongs to one attempt, though many are opened at once', async () => {
    const job = join(await temporaryFolder(), 'a/b')
    const opened = await Promise.all(Array.from({ length: 20 }, () => openAttemptFolder(job, 1)))
    const numbers = opened.map(({ attempt }) => attempt).sort((a, b) => a - b)
    expect(numbers).toEqual(Array.from({ length: 20 }, (_, i) => i + 1))
  })

  it('can be read by those who may, and so can the folders that were made for it', async () => {
    const root = await temporaryFolder()
    const before = await modeOf(root)
    const job = join(root, 'a/b')
    const { folder } = await openAttemptFolder(job, 1, { umask: 0o027, gid: process.getgid!() })
    for (const path of [join(root, 'a'), job, folder]) expect(await modeOf(path)).toBe(0o2750)
    expect(await modeOf(root)).toBe(before)
    expect((await stat(folder)).gid).toBe(process.getgid!())
    const plain = await openAttemptFolder(join(root, 'c'), 1, { umask: 0o002 })
    expect(await modeOf(plain.folder)).toBe(0o775)
  })
})
