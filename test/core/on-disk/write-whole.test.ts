import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { writeWhole } from '@prompt-papermill/core'
import { describe, expect, it } from 'vitest'

import { temporaryFolder } from '../../support/temporary-folder.js'

describe('writing a file whole', () => {
  it('leaves the file and nothing else', async () => {
    const folder = await temporaryFolder()
    await writeWhole(join(folder, 'a.json'), 'first')
    await writeWhole(join(folder, 'a.json'), 'second')
    expect(await readdir(folder)).toEqual(['a.json'])
    expect(await readFile(join(folder, 'a.json'), 'utf8')).toBe('second')
  })

  it('never shows a reader a torn file', async () => {
    const path = join(await temporaryFolder(), 'a.json')
    const texts = ['a', 'b', 'c', 'd'].map((letter) => letter.repeat(300_000))
    await writeWhole(path, texts[0]!)
    const written = new AbortController()
    const seen = new Set<string>()
    const reading = (async () => {
      while (!written.signal.aborted) seen.add(await readFile(path, 'utf8'))
    })()
    for (let round = 0; round < 15; round += 1) await writeWhole(path, texts[round % 4]!)
    written.abort()
    await reading
    expect([...seen].every((text) => texts.includes(text))).toBe(true)
    expect(seen.size).toBeGreaterThan(0)
  })

  it('leaves nothing behind when it fails', async () => {
    const folder = await temporaryFolder()
    await writeFile(join(folder, 'file'), '')
    await expect(writeWhole(join(folder, 'absent/a.json'), 'x')).rejects.toThrow('ENOENT')
    // a folder can't be replaced by a file
    await expect(writeWhole(folder, 'x')).rejects.toThrow()
    expect(await readdir(folder)).toEqual(['file'])
    const siblings = await readdir(join(folder, '..'))
    expect(siblings.filter((name) => name.startsWith(`${folder.split('/').at(-1)}.`))).toEqual([])
  })
})
