import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { BlueskyError, replay } from '@prompt-papermill/core'
import { describe, expect, it } from 'vitest'

import { temporaryFolder } from '../../support/temporary-folder.js'
import { vectorPath } from '../../support/vectors.js'

describe('a replay', () => {
  it('says which file it can not open, and can be started again when it is there', async () => {
    const path = join(await temporaryFolder(), 'missing.frames')
    const source = replay(path)
    await expect(source.start()).rejects.toThrow(`${path} can't be read`)
    await expect(source.start()).rejects.toThrow(BlueskyError)
    await writeFile(path, await readFile(vectorPath('failing', 'frames')))
    await source.start()
    await source.finished()
    expect(source.counts.documents).toBeGreaterThan(0)
  })

  it('refuses a folder', async () => {
    const path = join(await temporaryFolder(), 'folder')
    await mkdir(path)
    await expect(replay(path).start()).rejects.toMatchObject({ code: 'bad-file' })
  })

  it('gives a reader every document of a long file, however slowly it reads', async () => {
    const source = replay(vectorPath('reflection_scan_2000', 'frames'))
    let lost = 0
    source.on('overflow', (count) => (lost += count))
    const reader = source[Symbol.asyncIterator]()
    await source.start()
    let events = 0
    for await (const { name } of reader) {
      if (name === 'event') events += 1
      if (events % 500 === 0) await new Promise((resolve) => setImmediate(resolve))
    }
    expect([events, lost]).toEqual([2000, 0])
    await source.finished()
  })

  it('does not run ahead of a reader that does not read', async () => {
    const source = replay(vectorPath('reflection_scan_2000', 'frames'))
    const reader = source[Symbol.asyncIterator]()
    await source.start()
    await reader.next()
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect(source.counts.documents).toBeLessThan(1100)
    await source.stop()
  })

  it('can be stopped while its reader holds it up', async () => {
    const source = replay(vectorPath('reflection_scan_2000', 'frames'))
    let read = 0
    const reading = (async () => {
      for await (const _ of source) if ((read += 1) === 1) await source.stop()
    })()
    await source.start()
    await reading
    await source.finished()
    expect(read).toBe(source.counts.documents)
    expect(read).toBeLessThan(2004)
    await expect(source.start()).resolves.toBe(undefined)
  })

  it('that was stopped before it began does not begin', async () => {
    const source = replay(vectorPath('failing', 'frames'))
    await source.stop()
    await expect(source.start()).rejects.toMatchObject({ code: 'closed' })
    expect(source.counts.documents).toBe(0)
  })

  it('lets the program go on while it reads', async () => {
    const source = replay(vectorPath('reflection_scan_2000', 'frames'))
    let turns = 0
    const timer = setInterval(() => (turns += 1), 1)
    await source.start()
    await source.finished()
    clearInterval(timer)
    expect(turns).toBeGreaterThan(1)
  })
})
