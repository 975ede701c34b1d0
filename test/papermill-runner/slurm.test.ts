import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { hostname } from 'node:os'

import type { ActionContext, ActionResult, Progress } from '@prompt-papermill/core'
import type { PapermillOptions } from '@prompt-papermill/papermill-runner'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'

import { python } from '../support/python.ts'
import { noSlurm, SlurmCluster } from './slurm-cluster.ts'
import { Bench, errorsIn, printed, program } from './support.ts'

const MiB = 1024 * 1024
const launcher = ['srun', '--ntasks=1', '--quiet']
const talking = ['srun', '--ntasks=1']

describe.skipIf(noSlurm)(
  `behind a real Slurm (${noSlurm ?? 'of this machine'}), a notebook`,
  () => {
    let slurm: SlurmCluster
    beforeAll(async () => {
      slurm = await SlurmCluster.start()
    })
    afterAll(() => slurm.stop())
    let bench: Bench
    beforeEach(async () => {
      bench = await Bench.set()
      await slurm.ready()
    })
    afterEach(async () => {
      await slurm.idle()
      await bench.expectNothingLeft()
      await bench.clear()
    })

    const run = (
      template: string,
      options: Partial<PapermillOptions> = {},
      context: Partial<ActionContext> = {},
    ): Promise<ActionResult> =>
      bench.run(template, { launcher, ...options, env: { ...options.env, ...slurm.env } }, context)

    /** Runs a notebook, and does something once its n-th cell has started. */
    const disturb = async (
      template: string,
      cell: number,
      action: () => unknown,
      options: Partial<PapermillOptions> = {},
      context: Partial<ActionContext> = {},
    ): Promise<ActionResult> => {
      let acting: Promise<unknown> = Promise.reject(new Error(`cell ${cell} did not start`))
      acting.catch(() => undefined)
      const progress = ({ step, event }: Progress) => {
        if (step === cell && event === 'started') acting = Promise.resolve().then(action)
      }
      const result = await run(template, options, { ...context, progress })
      await acting
      return result
    }

    /** Has all of the node be taken, until `free` or the end of the test. */
    let free = () => Promise.resolve()
    const takeAll = async (): Promise<void> => {
      const env = { ...process.env, ...slurm.env }
      const args = ['--quiet', '--exclusive', 'sleep', '60']
      const blocker = spawn('srun', args, { env, stdio: 'ignore' })
      const exit = once(blocker, 'exit')
      free = async () => {
        blocker.kill('SIGTERM')
        await exit
      }
      const running = async () => (await slurm.run('squeue', '-h', '-t', 'R')) !== ''
      await vi.waitUntil(running, { timeout: 10_000 })
    }

    const theJob = async () => (await slurm.jobs())[0] ?? 'none'

    it('runs with its parameters, a job of Slurm’s', async () => {
      const nested = { list: [NaN, 2n ** 64n], text: 'it’s "2024_2" $HOME' }
      const parameters = { nested, text: 'x'.repeat(MiB) }
      const result = await run('prints-parameters.ipynb', {}, { parameters })
      expect(result).toMatchObject({
        state: 'succeeded',
        details: { launched: { by: launcher, host: hostname() }, cells: { total: 3, executed: 3 } },
      })
      const given = JSON.parse(await bench.read('given.json')) as Record<string, string>
      expect(given['nested']).toContain("{'list': [nan, 18446744073709551616]")
      expect(given['text']).toHaveLength(MiB + 2)
      expect(given['cwd']).toBe(`'${bench.resultsDir}'`)
      expect(await bench.read('log.txt')).toContain('Executing notebook with kernel')
      await run('tells-its-process.ipynb', { secrets: { RUNNER_TEST_SECRET: 'not for the queue' } })
      const about = await bench.read('about.json')
      expect(about).toMatch(/"SLURM_JOB_ID": "\d+"/)
      expect(about).toContain('not for the queue')
    })

    it('that fails says so as it does without', async () => {
      const result = await run('raises.ipynb')
      expect(result).toMatchObject({
        reason: 'cell-error',
        message: 'cell 6 (In [3]): ZeroDivisionError: division by zero',
      })
    })

    it('keeps all of 20 MB of output', async () => {
      expect(await run('floods.ipynb')).toMatchObject({ state: 'succeeded' })
      expect(printed(await bench.notebook())).toHaveLength(20 * MiB + 28)
    })

    it('waits in the queue, which is told', async () => {
      await takeAll()
      const running = run('prints-parameters.ipynb', { launcher: talking })
      const queued = ({ event, message }: Progress) =>
        event === 'waiting' && /^waiting for srun: srun: job \d+ queued/.test(message ?? '')
      await vi.waitUntil(() => bench.progress.some(queued), { timeout: 15_000 })
      await free()
      expect(await running).toMatchObject({ state: 'succeeded' })
    })

    it('leaves the queue when it is cancelled there, or waits too long', async () => {
      await takeAll()
      const controller = new AbortController()
      const cancelled = run('raises.ipynb', { launcher: talking }, { signal: controller.signal })
      await vi.waitUntil(() => bench.progress.some(({ message }) => message?.includes('queued')), {
        timeout: 10_000,
      })
      controller.abort()
      expect(await cancelled).toMatchObject({ state: 'cancelled' })
      const late = await run('raises.ipynb', { launcher: talking, limits: { launch: 1 } })
      expect(late).toMatchObject({
        reason: 'not-started',
        message: expect.stringMatching(/^srun .* did not start .* within limits\.launch: .*queued/),
      })
      expect(await slurm.jobs()).toHaveLength(1)
      await free()
    })

    it('is cancelled gently by its host', async () => {
      const controller = new AbortController()
      const abort = () => controller.abort()
      const result = await disturb('sleeps.ipynb', 4, abort, {}, { signal: controller.signal })
      expect(result).toMatchObject({ state: 'cancelled', message: 'cancelled' })
      const shown = errorsIn(await bench.notebook()).map(({ ename }) => ename)
      expect(shown.at(-1)).toBe('Cancelled')
    })

    it('is cancelled by its host where it does not listen', async () => {
      const controller = new AbortController()
      const abort = () => controller.abort()
      const context = { signal: controller.signal, parameters: { stubborn: true } }
      const result = await disturb('sleeps.ipynb', 4, abort, {}, context)
      expect(result).toMatchObject({ state: 'cancelled' })
      expect(errorsIn(await bench.notebook()).at(-1)?.ename).toBe('Cancelled')
    })

    it('is cancelled with scancel by somebody else', async () => {
      const result = await disturb('sleeps.ipynb', 4, async () =>
        slurm.run('scancel', await theJob()),
      )
      expect(result).toMatchObject({
        state: 'cancelled',
        message: expect.stringMatching(/^the job was cancelled in Slurm \(.*CANCELLED AT/),
      })
      expect(errorsIn(await bench.notebook())).not.toEqual([])
    })

    it('is cancelled with scancel also where it does not listen', async () => {
      const scancel = async () => slurm.run('scancel', await theJob())
      const stubborn = { parameters: { stubborn: true } }
      const result = await disturb('sleeps.ipynb', 4, scancel, { grace: 30 }, stubborn)
      expect(result).toMatchObject({ state: 'cancelled' })
      expect(errorsIn(await bench.notebook())).toHaveLength(1)
    })

    it('is told from others by Slurm’s limit of memory', async () => {
      const parameters = { megabytes: 800, shared: true }
      const result = await run(
        'takes-memory.ipynb',
        { launcher: [...launcher, '--mem=300'] },
        { parameters },
      )
      expect(result).toMatchObject({
        state: 'failed',
        reason: 'out-of-memory',
        message: expect.stringMatching(/exceeded memory limit/),
        evidence: { limit: 'memory of the batch system' },
      })
      expect(errorsIn(await bench.notebook())).toHaveLength(1)
    })

    it('is told from others by Slurm’s limit of time', { timeout: 90_000 }, async () => {
      // Slurm looks twice a minute
      const shorten = async () =>
        slurm.run('scontrol', 'update', `jobid=${await theJob()}`, 'EndTime=now')
      const options = { launcher: [...launcher, '--time=5'] }
      const result = await disturb('sleeps.ipynb', 4, shorten, options)
      expect(result).toMatchObject({
        state: 'failed',
        reason: 'timed-out',
        message: expect.stringContaining('DUE TO TIME LIMIT'),
        evidence: { limit: 'time of the batch system' },
      })
      expect(errorsIn(await bench.notebook())).not.toEqual([])
    })

    it('whose node fails is interrupted', async () => {
      const result = await disturb('sleeps.ipynb', 4, () => slurm.failNode())
      expect(result).toMatchObject({
        state: 'failed',
        reason: 'interrupted',
        message: expect.stringMatching(/^the node that ran the notebook failed \(.*node failure/i),
      })
    })

    it('ends when srun is killed', async () => {
      const kill = async () => {
        // its child takes back what it asked for
        const [pid] = await bench.processes('srun')
        process.kill(pid!, 'SIGKILL')
      }
      const result = await disturb('sleeps.ipynb', 4, kill)
      expect(result).toMatchObject({ reason: 'kernel-died', evidence: { signal: 'SIGKILL' } })
    })

    it('that Slurm refuses has not started', async () => {
      const result = await run('raises.ipynb', { launcher: [...talking, '--partition=none'] })
      expect(result).toMatchObject({
        reason: 'not-started',
        message: expect.stringMatching(/^srun .* exited with code 1 .*: Invalid partition name/),
      })
    })

    it('without its Python has not started', async () => {
      const result = await run('raises.ipynb', { python: '/no/such/python' })
      expect(result).toMatchObject({
        reason: 'not-started',
        message: expect.stringMatching(/\/no\/such\/python.*No such file/),
      })
    })

    it('ends when its host is gone', async () => {
      const args = [
        ...launcher.slice(1),
        python,
        program,
        'launched',
        `${bench.scratch}/papermill-x`,
      ]
      const env = { ...process.env, ...bench.env, ...slurm.env }
      const srun = spawn('srun', args, { env, stdio: ['pipe', 'pipe', 'ignore'] })
      await once(srun.stdout, 'data')
      srun.stdin.end()
      expect(await once(srun, 'exit')).toEqual([0, null])
    })
  },
)
