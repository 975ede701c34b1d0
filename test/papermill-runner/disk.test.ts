import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'

import { canMount, mountTemporary, unmount } from './mounting.ts'
import { Bench, printed, SharedPool } from './support.ts'

const where = 'on a file system of its own (which root may mount),'

describe.skipIf(!canMount).each(['cold', 'forked'] as const)(
  `${where} with %s kernels, a notebook`,
  (kind) => {
    let shared: SharedPool | undefined
    beforeAll(async () => {
      shared = await SharedPool.of(kind)
    })
    afterAll(() => shared?.close())
    let bench: Bench
    let resultsDir: string
    beforeEach(async () => {
      bench = await Bench.set(shared)
      resultsDir = join(bench.resultsDir, 'mounted')
      await mkdir(resultsDir)
    })
    afterEach(async () => {
      await unmount(resultsDir)
      await bench.expectNothingLeft()
      await bench.clear()
    })

    const mount = (options: string) => mountTemporary(resultsDir, options)

    it('does not start where the disk is full already', async () => {
      await mount('size=4k')
      await writeFile(join(resultsDir, 'full'), new Uint8Array(4096))
      const result = await bench.run('raises.ipynb', {}, { resultsDir })
      expect(result).toMatchObject({
        state: 'failed',
        reason: 'not-started',
        message: expect.stringMatching(
          /can't be saved at .*entry\.ipynb: No space left on device\. Make room there/,
        ),
      })
    })

    it('that fills the disk has failed, and keeps what could be saved before', async () => {
      await mount('size=256k')
      const result = await bench.run('fills-the-disk.ipynb', {}, { resultsDir })
      expect(result).toMatchObject({
        state: 'failed',
        reason: 'not-started',
        message: expect.stringMatching(
          /entry\.ipynb: No space left on device.*; what was saved before is kept$/,
        ),
        details: { cells: { total: 4, executed: 4 } },
      })
      expect(printed(await bench.notebook('mounted/entry.ipynb'))).toBe('before the disk is full\n')
      expect((await readdir(resultsDir)).sort()).toEqual(['entry.ipynb', 'filling', 'log.txt'])
    })

    it('does not start where the results are read-only, also for root', async () => {
      await mount('size=64k,ro')
      const result = await bench.run('raises.ipynb', {}, { resultsDir })
      expect(result).toMatchObject({
        state: 'failed',
        reason: 'not-started',
        message: expect.stringMatching(/log\.txt can't be written: EROFS/),
      })
    })
  },
)
