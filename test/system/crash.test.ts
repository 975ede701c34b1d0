import { setTimeout as pause } from 'node:timers/promises'

import { describe, expect, it, onTestFinished } from 'vitest'

import { accountOf, faultsOf, faultsOnDisk, hasEnded, stoppedIn } from '../crash/accounts.ts'
import { Beamline } from '../crash/beamline.ts'
import { WorkerLives } from '../crash/worker-lives.ts'
import { temporaryFolder } from '../support/command-line.ts'

/** 200 by `npm run crash`. */
const kills = Number(process.env.PROMPT_PAPERMILL_KILLS ?? 10)
const runsPerLife = 4

/** A few milliseconds, or none. */
const shortly = (): Promise<void> => pause(Math.random() * 8)

describe('a worker that is killed again and again', () => {
  it(
    `loses no run that it had received, and ends every job once: ${kills} kills`,
    { timeout: 60_000 + kills * 20_000 },
    async () => {
      const beamline = await Beamline.open()
      onTestFinished(() => beamline.close())
      const lives = await WorkerLives.at(temporaryFolder(), beamline.address)
      onTestFinished(() => lives.dispose())
      const ended: Promise<void>[] = []
      let received: ReadonlySet<string> = new Set()

      /** What the ledger lacks comes again, as a data server would bring it. */
      const catchUp = async (): Promise<void> => {
        const { jobs } = await accountOf(lives.state)
        const now = await stoppedIn(lives.state)
        const forgotten = [...received].filter((uid) => !now.has(uid))
        const jobless = [...now].filter((id) => !jobs.some(({ uid }) => uid === id))
        expect({ forgotten, jobless }).toEqual({ forgotten: [], jobless: [] })
        received = now
        for (const run of beamline.runs.filter(({ uid }) => !now.has(uid))) {
          await beamline.publish(run, shortly)
        }
      }
      const allDone = async (): Promise<void> => {
        for (;;) {
          const { jobs } = await accountOf(lives.state)
          if (jobs.filter(hasEnded).length === beamline.runs.length) return
          await pause(100)
        }
      }

      for (let life = 1; life <= kills; life += 1) {
        await lives.begin()
        await beamline.heardBy(1)
        await catchUp()
        // every third life gets to the end of what is there: a job is interrupted three times at most
        if (life % 3 === 0) await allDone()
        const measuring = beamline.measure(runsPerLife, shortly)
        await Promise.race([measuring, pause(Math.random() * 150)])
        if (Math.random() < 0.7) await pause(Math.random() * 2500)
        const { gone } = await lives.kill()
        ended.push(gone)
        gone.catch(() => undefined)
        await measuring
        await beamline.heardBy(0)
      }
      await lives.begin()
      await beamline.heardBy(1)
      await catchUp()
      await allDone()
      expect(await lives.stop()).toBe(0)
      await Promise.all(ended)

      const account = await accountOf(lives.state)
      expect(faultsOf(account, beamline.runs)).toEqual([])
      expect(await faultsOnDisk(lives.results, account)).toEqual([])
      const interrupted = account.attempts.filter(({ state }) => state === 'interrupted').length
      const { jobs, attempts } = account
      console.log(
        `${lives.kills} kills: ${jobs.length} jobs, all succeeded once; ${attempts.length} attempts, ${interrupted} of them interrupted; the last process of a killed worker ended after ${Math.round(lives.slowestEnd)} ms`,
      )
      expect(interrupted).toBeGreaterThan(0)
    },
  )

  it('ends all of 40 jobs that were received before six kills', { timeout: 180_000 }, async () => {
    const beamline = await Beamline.open()
    onTestFinished(() => beamline.close())
    const lives = await WorkerLives.at(temporaryFolder(), beamline.address)
    onTestFinished(() => lives.dispose())
    const endedOnce = async (count: number): Promise<void> => {
      while ((await accountOf(lives.state)).jobs.filter(hasEnded).length < count) await pause(50)
    }
    await lives.begin()
    await beamline.heardBy(1)
    await beamline.measure(40, () => Promise.resolve())
    while ((await stoppedIn(lives.state)).size < 40) await pause(20)
    const gone: Promise<void>[] = []
    for (let kill = 1; kill <= 6; kill += 1) {
      // so far at least, that no job is what runs in four lives
      await endedOnce(kill * 4)
      await pause(Math.random() * 700)
      const killed = await lives.kill()
      gone.push(killed.gone)
      await lives.begin()
    }
    await endedOnce(40)
    expect(await lives.stop()).toBe(0)
    await Promise.all(gone)
    const account = await accountOf(lives.state)
    expect(account.jobs.map(({ state }) => state)).toEqual(Array(40).fill('succeeded'))
    expect(faultsOf(account, beamline.runs)).toEqual([])
    expect(await faultsOnDisk(lives.results, account)).toEqual([])
  })
})
