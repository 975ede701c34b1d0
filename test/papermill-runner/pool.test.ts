import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

import { executeNotebook, KernelPool } from '@prompt-papermill/papermill-runner'
import type { ExecuteOptions, KernelPoolOptions } from '@prompt-papermill/papermill-runner'

import { python } from '../support/python.ts'
import { Bench, markedProcesses, notebooks, SharedPool } from './support.ts'

/** What the notebook tells-its-process.ipynb writes. */
interface About {
  readonly pid: number
  readonly parent: number
  readonly cwd: string
  readonly random: number
  readonly numpy: number
  readonly environment: Readonly<Record<string, string>>
}

let shared: SharedPool
let bench: Bench
const open = async (options: KernelPoolOptions = {}) => {
  shared = await SharedPool.open(options)
  bench = await Bench.set(shared)
}
afterEach(async () => {
  await shared.close()
  await bench.clear()
})

/** Runs tells-its-process.ipynb in a folder of its own. */
async function tell(folder: string, options: ExecuteOptions = {}): Promise<About> {
  const cwd = join(bench.resultsDir, folder)
  await mkdir(cwd, { recursive: true })
  const env = { ...bench.env, ...options.env }
  const template = join(notebooks, 'tells-its-process.ipynb')
  const given = { python, kernels: shared.pool, ...options, env }
  const result = await executeNotebook(template, join(cwd, 'executed.ipynb'), {}, given)
  expect(result).toMatchObject({ state: 'succeeded' })
  return JSON.parse(await readFile(join(cwd, 'about.json'), 'utf8')) as About
}

/** What their command lines say. */
const processesByName = [
  ['kernel', 'ipykernel'],
  ['Python program', 'prompt_papermill_runner.py\0run'],
] as const

const kernels = () => markedProcesses(shared.mark, 'ipykernel')

describe.each(['warm', 'forked'])('a pool of %s kernels', (kind) => {
  // what was seeded before a fork must not be the same in all
  const options = kind === 'forked' ? { fork: true, preload: ['numpy.random'] } : {}
  beforeEach(() => open(options))

  it('gives each notebook a kernel that waited, and waits with another one', async () => {
    const found: About[] = []
    for (const folder of ['first', 'second']) {
      await shared.pool.filled()
      const [waiting] = await kernels()
      const about = await tell(folder)
      expect(about.pid).toBe(waiting)
      found.push(about)
    }
    const [first, second] = found
    expect(second!.pid).not.toBe(first!.pid)
    expect(second!.random).not.toBe(first!.random)
    expect(second!.numpy).not.toBe(first!.numpy)
    await shared.expectUsable()
  })

  it('gives each its own working directory and environment', async () => {
    vi.stubEnv('RUNNER_TEST_HOST', 'now')
    const first = await tell('first', { env: { RUNNER_TEST_JOB: 'first "quoted"\n' } })
    await shared.pool.filled()
    const [waiting] = await kernels()
    vi.stubEnv('RUNNER_TEST_HOST', undefined)
    const second = await tell('second')
    expect(first.cwd).toBe(join(bench.resultsDir, 'first'))
    expect(second.cwd).toBe(join(bench.resultsDir, 'second'))
    expect(first.environment).toMatchObject({
      RUNNER_TEST_HOST: 'now',
      RUNNER_TEST_JOB: 'first "quoted"\n',
    })
    expect(second.pid).toBe(waiting)
    expect(Object.keys(second.environment)).not.toContain('RUNNER_TEST_JOB')
    expect(Object.keys(second.environment)).not.toContain('RUNNER_TEST_HOST')
    const saved = await bench.read('first/executed.ipynb')
    expect(saved).not.toContain('quoted')
  })

  it('leaves its kernel to others where a variable would come too late for it', async () => {
    const [waiting] = await kernels()
    const about = await tell('cold', { env: { PYTHONHASHSEED: '7' } })
    expect(about.environment['PYTHONHASHSEED']).toBe('7')
    expect(about.pid).not.toBe(waiting)
    expect(await kernels()).toEqual([waiting])
  })

  it('leaves its kernel to others where a notebook is for another Python', async () => {
    const other = join(bench.scratch, 'other-python')
    await writeFile(other, `#!/bin/sh\nexec '${python}' "$@"\n`)
    await chmod(other, 0o755)
    const [waiting] = await kernels()
    expect((await tell('cold', { python: other })).pid).not.toBe(waiting)
    expect(await kernels()).toEqual([waiting])
  })

  it('runs more notebooks than it has kernels for', async () => {
    const [waiting] = await kernels()
    const about = await Promise.all(['a', 'b', 'c'].map((folder) => tell(folder)))
    expect(new Set(about.map(({ pid }) => pid)).size).toBe(3)
    expect(about.map(({ pid }) => pid)).toContain(waiting)
    expect(about.map(({ cwd }) => cwd.slice(-1))).toEqual(['a', 'b', 'c'])
    await shared.expectUsable()
  })

  it.each(processesByName)(
    'runs a notebook cold when the %s that waited was killed just now',
    async (_, what) => {
      const [pid] = await markedProcesses(shared.mark, what)
      process.kill(pid!, 'SIGKILL')
      expect((await tell('after')).pid).not.toBe(pid)
    },
  )

  it.each(processesByName)(
    'notices that the %s that waited has died, and replaces it',
    async (_, what) => {
      const [pid] = await markedProcesses(shared.mark, what)
      process.kill(pid!, 'SIGKILL')
      await vi.waitUntil(() => shared.pool.ready === 0, { timeout: 10_000 })
      expect(shared.warnings.splice(0)).toEqual([
        expect.stringContaining('a warm kernel died while it waited; trying again'),
      ])
      await shared.expectUsable()
    },
  )

  it('ends a kernel that is about to start when it is closed', async () => {
    const pool = new KernelPool({ python, env: bench.env, ...options })
    await vi.waitUntil(async () => (await kernels()).length === 2, { timeout: 10_000 })
    const began = Date.now()
    await pool.close()
    expect(Date.now() - began).toBeLessThan(5_000)
    expect(await pool.filled()).toBe(false)
    await shared.expectUsable()
  })
})

describe('a pool', () => {
  it('imports what is to be preloaded, and says once what it could not', async () => {
    await open({ preload: ['numpy', 'no_such_module'] })
    const result = await bench.run('uses-what-it-did-not-import.ipynb')
    expect(result).toMatchObject({ reason: 'cell-error', evidence: { ename: 'NameError' } })
    await shared.pool.filled()
    expect(shared.warnings).toEqual([
      expect.stringMatching(/could not be imported .*"no_such_module":"ModuleNotFoundError: /),
    ])
  })

  it('starts another kernel where the notebook wants one', async () => {
    const folder = join((await Bench.set()).resultsDir, 'kernels', 'other')
    await mkdir(folder, { recursive: true })
    const argv = [python, '-m', 'ipykernel_launcher', '-f', '{connection_file}']
    const spec = { argv, display_name: 'Other', language: 'python', env: { OTHER: 'yes' } }
    await writeFile(join(folder, 'kernel.json'), JSON.stringify(spec))
    await open({ env: { JUPYTER_PATH: join(folder, '..', '..') } })
    const [waiting] = await kernels()
    const env = { JUPYTER_PATH: join(folder, '..', '..') }
    const about = await tell('other', { kernel: 'other', env })
    expect(about.pid).not.toBe(waiting)
    expect(about.environment['OTHER']).toBe('yes')
    await shared.expectUsable()
  })

  it('says that it can’t start kernels, tries less and less often, and runs notebooks cold', async () => {
    await open()
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
    const said: string[] = []
    const note = (_: object, message: string) => void said.push(message)
    const logger = { debug: note, info: note, warn: note, error: note }
    await using pool = new KernelPool({ python, kernel: 'no-such', env: bench.env, logger })
    const filled = pool.filled()
    const times: number[] = []
    for (let count = 1; count <= 5; count += 1) {
      while (said.length < count) {
        await sleep(50)
        await vi.advanceTimersByTimeAsync(500)
      }
      times.push(performance.now())
    }
    expect(await filled).toBe(false)
    expect(said).toEqual([
      ...Array(4).fill(expect.stringMatching(/could not be started: NoKernel.*; trying again$/)),
      expect.stringMatching(/; notebooks start their own for some minutes$/),
    ])
    expect(times[4]! - times[3]!).toBeGreaterThan(7_900)
    vi.useRealTimers()
    const about = await tell('cold', { kernels: pool })
    expect(about.cwd).toBe(join(bench.resultsDir, 'cold'))
  })
})
