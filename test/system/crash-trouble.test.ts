import { existsSync } from 'node:fs'
import { readdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'

import { describe, expect, it, onTestFinished } from 'vitest'

import type { JobRow } from '../../packages/worker/src/ledger/rows.ts'
import { accountOf, faultsOf, faultsOnDisk, hasEnded } from '../crash/accounts.ts'
import { Beamline } from '../crash/beamline.ts'
import { type LivesOptions, WorkerLives } from '../crash/worker-lives.ts'
import { temporaryFolder } from '../support/command-line.ts'
import { python } from '../support/python.ts'
import { canMount, smallDisk } from '../support/small-disk.ts'

const atOnce = (): Promise<void> => Promise.resolve()

/** A worker that listens to a beamline, with its state and results where a test wants them. */
async function listening(places: LivesOptions = {}) {
  const beamline = await Beamline.open()
  onTestFinished(() => beamline.close())
  const lives = await WorkerLives.at(temporaryFolder(), beamline.address, places)
  onTestFinished(() => lives.dispose())
  await lives.begin()
  await beamline.heardBy(1)
  return { beamline, lives }
}

/** Resolves with the jobs once they are as wanted. */
async function jobsWhen(
  { state }: WorkerLives,
  wanted: (jobs: readonly JobRow[]) => boolean,
): Promise<readonly JobRow[]> {
  for (;;) {
    const { jobs } = await accountOf(state)
    if (wanted(jobs)) return jobs
    await pause(50)
  }
}

const ended = (count: number) => (jobs: readonly JobRow[]) => jobs.filter(hasEnded).length === count

/** Whether the first job's notebook has come to the cell that takes a while. */
function executing([job]: readonly JobRow[]): boolean {
  return existsSync(join(job?.results_dir ?? '/nowhere', 'begun.txt'))
}

/** Resolves once the worker says something. */
async function says(lives: WorkerLives, text: string): Promise<void> {
  while (!(await lives.log()).includes(text)) await pause(50)
}

describe('a worker in trouble', () => {
  it('runs a notebook once more whose Python was killed', async () => {
    const { beamline, lives } = await listening()
    await beamline.measure(1, atOnce)
    await jobsWhen(lives, executing)
    await lives.killPython()
    await jobsWhen(lives, ended(1))
    const { jobs, attempts } = await accountOf(lives.state)
    expect(jobs).toMatchObject([{ state: 'succeeded', attempt: 2 }])
    expect(attempts).toMatchObject([
      { state: 'failed', reason: 'kernel-died' },
      { state: 'succeeded' },
    ])
    expect(await faultsOnDisk(lives.results, { ...(await accountOf(lives.state)) })).toEqual([])
  })

  it('acts on nothing while the results folder is away, and on all once it is back', async () => {
    const { beamline, lives } = await listening()
    await beamline.measure(2, atOnce)
    await jobsWhen(lives, ended(2))
    const away = `${lives.results}.away`
    await rename(lives.results, away)
    await beamline.measure(4, atOnce)
    await says(lives, 'the results folder')
    expect(await lives.health()).toMatchObject({
      ready: false,
      troubles: [expect.stringContaining('is gone') as string],
    })
    await jobsWhen(lives, (jobs) => jobs.length === 6)
    await rename(away, lives.results)
    await jobsWhen(lives, ended(6))
    expect(await lives.stop()).toBe(0)
    const account = await accountOf(lives.state)
    expect(faultsOf(account, beamline.runs)).toEqual([])
    expect(await faultsOnDisk(lives.results, account)).toEqual([])
  })

  it('leaves the disk on which the results were to itself, and says why', async () => {
    // a notebook that runs when its folder goes is one that was interrupted
    const { beamline, lives } = await listening()
    await beamline.measure(1, atOnce)
    await jobsWhen(lives, executing)
    const away = `${lives.results}.away`
    await rename(lives.results, away)
    await says(lives, 'it went while this ran')
    expect(await readdir(lives.folder)).not.toContain('results')
    await rename(away, lives.results)
    await jobsWhen(lives, ended(1))
    const { attempts } = await accountOf(lives.state)
    expect(attempts.map(({ state }) => state)).toEqual(['interrupted', 'succeeded'])
  })

  it.skipIf(!canMount)(
    'acts on nothing while the disk of its state is full, and on all once there is room (needs root)',
    async () => {
      const disk = await smallDisk('3m')
      const { beamline, lives } = await listening({ state: join(disk.path, 'state') })
      await beamline.measure(2, atOnce)
      await jobsWhen(lives, ended(2))
      await disk.fill()
      await beamline.measure(6, atOnce)
      await says(lives, 'is full')
      expect(await lives.health()).toMatchObject({
        ready: false,
        troubles: [expect.stringContaining('make room') as string],
      })
      const effects = await readFile(lives.effects, 'utf8')
      expect(effects.trim().split('\n')).toHaveLength(1)
      await disk.free()
      await jobsWhen(lives, ended(8))
      expect(await lives.health()).toMatchObject({ ready: true, troubles: [] })
      expect(await lives.stop()).toBe(0)
      const account = await accountOf(lives.state)
      expect(faultsOf(account, beamline.runs)).toEqual([])
      expect(await faultsOnDisk(lives.results, account)).toEqual([])
    },
  )

  it.skipIf(!canMount)(
    'fails what the disk of its results has no room for, tears nothing, and goes on (needs root)',
    async () => {
      const disk = await smallDisk('3m')
      const results = join(disk.path, 'results')
      const { beamline, lives } = await listening({ results })
      await beamline.measure(2, atOnce)
      await jobsWhen(lives, ended(2))
      await disk.fill()
      await beamline.measure(4, atOnce)
      const jobs = await jobsWhen(lives, ended(6))
      const failed = jobs.slice(2)
      expect(failed.map(({ state, reason }) => [state, reason])).toEqual(
        Array(4).fill(['failed', 'not-started']),
      )
      expect(failed.every(({ message }) => /space|ENOSPC|full/iu.test(message ?? ''))).toBe(true)
      await disk.free()
      await beamline.measure(2, atOnce)
      expect((await jobsWhen(lives, ended(8))).slice(6)).toMatchObject([
        { state: 'succeeded' },
        { state: 'succeeded' },
      ])
      const account = await accountOf(lives.state)
      const torn = (await faultsOnDisk(results, account)).filter((fault) => fault.includes('torn'))
      expect(torn).toEqual([])
    },
  )
})

/** Debian's library that makes a process see another time of day. */
const faketime = await findFaketime()

async function findFaketime(): Promise<string | undefined> {
  const folders = await readdir('/usr/lib').catch(() => [])
  for (const folder of folders) {
    const path = `/usr/lib/${folder}/faketime/libfaketime.so.1`
    if (existsSync(path)) return path
  }
  return undefined
}

describe('a worker whose clock is set', () => {
  it.skipIf(!faketime)(
    'ends every job once, in the order in which they came (needs Debian’s faketime)',
    async () => {
      const folder = temporaryFolder()
      const clock = join(folder, 'clock')
      const setClock = (shift: string): Promise<void> => writeFile(clock, shift)
      await setClock('+0d')
      const env = {
        LD_PRELOAD: faketime ?? '',
        FAKETIME_TIMESTAMP_FILE: clock,
        FAKETIME_NO_CACHE: '1',
        FAKETIME_DONT_FAKE_MONOTONIC: '1',
      }
      // kernels wait for each other by the clock in ways that the library gets wrong
      const unfaked = join(folder, 'python')
      await writeFile(unfaked, `#!/bin/sh\nunset LD_PRELOAD\nexec ${python} "$@"\n`, {
        mode: 0o755,
      })
      const { beamline, lives } = await listening({ env, python: unfaked })
      await beamline.measure(3, atOnce)
      await jobsWhen(lives, (jobs) => jobs.length === 3)
      await setClock('-40d')
      await beamline.measure(3, atOnce)
      await jobsWhen(lives, (jobs) => jobs.length === 6)
      const { gone } = await lives.kill()
      await beamline.heardBy(0)
      await setClock('+400d')
      await lives.begin()
      await beamline.heardBy(1)
      await beamline.measure(3, atOnce)
      await jobsWhen(lives, ended(9))
      await gone
      expect(await lives.stop()).toBe(0)
      const account = await accountOf(lives.state)
      expect(faultsOf(account, beamline.runs)).toEqual([])
      expect(await faultsOnDisk(lives.results, account)).toEqual([])
      // three are measured at once, in no order
      const threes = (all: readonly { uid: string }[]): string[][] =>
        [0, 3, 6].map((from) =>
          all
            .slice(from, from + 3)
            .map(({ uid }) => uid)
            .sort(),
        )
      expect(threes(account.runs)).toEqual(threes(beamline.runs))
      expect(threes(account.jobs)).toEqual(threes(beamline.runs))
      // it was set indeed
      const years = account.jobs.map(({ queued_at: at }) => at.slice(0, 7))
      expect(new Set(years).size).toBe(3)
    },
  )
})
