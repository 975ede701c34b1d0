import { existsSync } from 'node:fs'
import { mkdir, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'

import { defineAction, ResultsRoot, Run, runOnDisk, type Work } from '@prompt-papermill/core'
import { makeJob } from '@prompt-papermill/core/testing'
import { describe, expect, it, onTestFinished } from 'vitest'

import { canMount, mountTemporary, unmount } from '../../papermill-runner/mounting.js'
import { temporaryFolder } from '../../support/temporary-folder.js'

/** One attempt of an action that does this while it runs. */
function work(during: () => Promise<void> = () => Promise.resolve()): Work {
  const job = makeJob()
  const action = defineAction({
    name: 'act',
    run: () => during().then(() => ({ state: 'succeeded' as const })),
  })
  const request = { attempt: 1, signal: new AbortController().signal, progress: () => undefined }
  return { job, run: Run.fromRecord(job.run), action, request }
}

describe('the results folder', () => {
  it('is made when it is first needed, and not when it is gone after that', async () => {
    const folder = join(await temporaryFolder(), 'deep', 'results')
    const root = new ResultsRoot(folder)
    expect(await root.problem()).toBeNull()
    await root.open()
    expect(existsSync(folder)).toBe(true)
    await rm(folder, { recursive: true })
    expect(await root.problem()).toMatch(/results folder .* is gone.*bring it back/u)
    await expect(root.open()).rejects.toThrow('is gone')
    expect(existsSync(folder)).toBe(false)
    await mkdir(folder)
    expect(await root.problem()).toBeNull()
  })

  it('is not made anew for an attempt: that has not started, and says why', async () => {
    const root = join(await temporaryFolder(), 'results')
    const run = runOnDisk({ root })
    expect((await run(work())).result.state).toBe('succeeded')
    await rename(root, `${root}.away`)
    const { result } = await run(work())
    expect(result).toMatchObject({ state: 'failed', reason: 'not-started' })
    expect(result.message).toContain('is gone')
    expect(existsSync(root)).toBe(false)
    await rename(`${root}.away`, root)
    expect((await run(work())).result.state).toBe('succeeded')
  })

  it('that goes while an attempt runs is not made anew for its manifest', async () => {
    const root = join(await temporaryFolder(), 'results')
    const { result } = await runOnDisk({ root })(work(() => rename(root, `${root}.away`)))
    expect(result).toMatchObject({ state: 'failed', reason: 'not-started' })
    expect(result.message).toMatch(/manifest could not be written.*is gone/u)
    expect(existsSync(root)).toBe(false)
    // what is there comes back as it was
    expect(await readdir(`${root}.away`)).toEqual(['count'])
  })

  it.skipIf(!canMount)(
    'is not the empty folder where its disk was mounted (needs root, to mount one)',
    async () => {
      const folder = join(await temporaryFolder(), 'results')
      await mkdir(folder)
      await mountTemporary(folder, 'size=64k')
      // already unmounted where the test has come to its end
      onTestFinished(() => unmount(folder).catch(() => undefined))
      const run = runOnDisk({ root: folder })
      expect((await run(work())).result.state).toBe('succeeded')
      const { result } = await run(work(() => unmount(folder)))
      expect(result.message).toMatch(/manifest could not be written.*nothing is mounted at/u)
      const after = await run(work())
      expect(after.result).toMatchObject({ state: 'failed', reason: 'not-started' })
      expect(after.result.message).toContain('mount its disk again')
      expect(await readdir(folder)).toEqual([])
    },
  )
})
