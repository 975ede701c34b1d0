import { createHash } from 'node:crypto'
import { execFileSync } from 'node:child_process'
import { link, mkdir, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { hashFile, listArtifacts } from '@prompt-papermill/core'
import { describe, expect, it } from 'vitest'

import { temporaryFolder } from '../../support/temporary-folder.js'

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

describe('the artifacts of an attempt', () => {
  it('are its files with size and hash, in order, those in folders too', async () => {
    const folder = await temporaryFolder()
    await mkdir(join(folder, 'figures/raw'), { recursive: true })
    await writeFile(join(folder, 'b.txt'), 'second')
    await writeFile(join(folder, 'a.txt'), '')
    await writeFile(join(folder, 'figures/raw/scan é.png'), 'third')
    expect(await listArtifacts(folder)).toEqual({
      artifacts: [
        { name: 'a.txt', size: 0, sha256: sha256('') },
        { name: 'b.txt', size: 6, sha256: sha256('second') },
        { name: 'figures/raw/scan é.png', size: 5, sha256: sha256('third') },
      ],
      truncated: false,
    })
  })

  it('are hashed whole, however large', async () => {
    const path = join(await temporaryFolder(), 'large')
    const text = 'x'.repeat(3_000_001)
    await writeFile(path, text)
    expect(await hashFile(path)).toBe(sha256(text))
  })

  it('are nothing outside: links are not followed, and nothing but files is opened', async () => {
    const folder = await temporaryFolder()
    const outside = await temporaryFolder()
    await writeFile(join(outside, 'secret'), 'secret')
    await symlink(join(outside, 'secret'), join(folder, 'file-link'))
    await symlink(outside, join(folder, 'folder-link'))
    await symlink(join(outside, 'absent'), join(folder, 'broken-link'))
    await symlink('.', join(folder, 'loop'))
    // who opens it to read waits for a writer, for ever
    execFileSync('mkfifo', [join(folder, 'pipe')])
    await writeFile(join(folder, 'own'), 'own')
    await link(join(folder, 'own'), join(folder, 'own-again'))
    const { artifacts } = await listArtifacts(folder)
    expect(artifacts.map(({ name }) => name)).toEqual(['own', 'own-again'])
  })

  it('are not the manifest, but may be one of another folder', async () => {
    const folder = await temporaryFolder()
    await mkdir(join(folder, 'sub'))
    await writeFile(join(folder, 'manifest.json'), '{}')
    await writeFile(join(folder, 'sub/manifest.json'), '{}')
    const { artifacts } = await listArtifacts(folder)
    expect(artifacts.map(({ name }) => name)).toEqual(['sub/manifest.json'])
  })

  it('are those that are there, though others go meanwhile', async () => {
    const folder = await temporaryFolder()
    const names = Array.from({ length: 200 }, (_, i) => `file-${String(i).padStart(3, '0')}`)
    await Promise.all(names.map((name) => writeFile(join(folder, name), name)))
    const listing = listArtifacts(folder)
    await Promise.all(names.slice(100).map((name) => rm(join(folder, name))))
    const { artifacts } = await listing
    const kept = artifacts.filter(({ name }) => names.slice(0, 100).includes(name))
    expect(kept.map(({ name }) => name)).toEqual(names.slice(0, 100))
    expect(artifacts.every(({ name, sha256: hash }) => hash === sha256(name))).toBe(true)
  })
})
