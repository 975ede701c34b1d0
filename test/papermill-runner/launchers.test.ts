import { readFile, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

import { shellLauncher } from './shell-launcher.ts'
import { Bench, markedProcesses, SharedPool } from './support.ts'

let bench: Bench
beforeEach(async () => {
  bench = await Bench.set()
})
afterEach(async () => {
  await bench.expectNothingLeft()
  await bench.clear()
})

/** A launcher that is a shell script; `"$@"` in it is what it is to start. */
const script = (source: string) => shellLauncher(bench.scratch, source)

const notStarted = (message: RegExp) => ({
  state: 'failed',
  reason: 'not-started',
  message: expect.stringMatching(message),
})

/** What the notebook tells-its-process.ipynb wrote. */
async function about(): Promise<{ cwd: string; pid: number; environment: Record<string, string> }> {
  return JSON.parse(await bench.read('about.json')) as Awaited<ReturnType<typeof about>>
}

const waiting = () => bench.progress.filter(({ event }) => event === 'waiting')

describe('a notebook behind a launcher', () => {
  it('runs as it does without one, with the launcher’s arguments as they are', async () => {
    const launcher = ['env', 'RUNNER_TEST_TEXT=two words; $HOME "quoted"']
    const result = await bench.run('tells-its-process.ipynb', { launcher })
    expect(result).toMatchObject({
      state: 'succeeded',
      details: { launched: { by: launcher, host: hostname() } },
    })
    const { cwd, environment } = await about()
    expect(cwd).toBe(bench.resultsDir)
    expect(environment['RUNNER_TEST_TEXT']).toBe('two words; $HOME "quoted"')
    expect(await bench.read('log.txt')).toMatch(/Executing notebook[^]*\nsucceeded\n$/)
  })

  it('is run by nice', async () => {
    const result = await bench.run('finds-no-data.ipynb', { launcher: ['nice', '-n', '5'] })
    expect(result).toMatchObject({ state: 'no-data', message: 'the primary stream has no events' })
  })

  it('gets no warm kernel, which waits here and not where the launcher starts', async () => {
    const shared = await SharedPool.open()
    try {
      await shared.pool.filled()
      const waits = () => markedProcesses(shared.mark, 'ipykernel')
      const waiting = await waits()
      const kernels = shared.pool
      const result = await bench.run('tells-its-process.ipynb', { launcher: ['env'], kernels })
      expect(result).toMatchObject({ state: 'succeeded' })
      expect(await waits()).toEqual(waiting)
      await shared.expectUsable()
    } finally {
      await shared.close()
    }
  })

  it('has its env and its secrets where the launcher hands on no environment', async () => {
    const launcher = ['env', '-i', `HOME=${bench.scratch}`, `TMPDIR=${bench.scratch}`]
    const env = { RUNNER_TEST_JOB: 'given' }
    const secrets = { RUNNER_TEST_SECRET: 'not to be seen' }
    await bench.run('tells-its-process.ipynb', { launcher, env, secrets })
    const { environment } = await about()
    expect(environment).toMatchObject({ ...env, ...secrets })
    expect(environment).not.toHaveProperty('USER')
  })

  it('keeps its secrets from the launcher', async () => {
    const seen = join(bench.scratch, 'seen')
    const launcher = await script(`{ env; echo "$@"; } > '${seen}'\nexec "$@"`)
    const secrets = { RUNNER_TEST_SECRET: 'not to be seen' }
    await bench.run('tells-its-process.ipynb', { launcher, secrets })
    expect(await readFile(seen, 'utf8')).not.toMatch(/RUNNER_TEST_SECRET|not to be seen/)
    expect((await about()).environment).toHaveProperty('RUNNER_TEST_SECRET')
  })

  it.each([
    ['mixes the two outputs', 'exec "$@" 2>&1'],
    ['puts a label before each line', '"$@" | sed -u "s/^/0: /"'],
    ['says something first, without an end of line', 'printf "0%%..100%% "; exec "$@"'],
  ])('is understood where the launcher %s', async (_, source) => {
    const result = await bench.run('raises.ipynb', { launcher: await script(source) })
    expect(result).toMatchObject({ reason: 'cell-error', details: { cells: { executed: 2 } } })
    expect(await bench.read('log.txt')).toContain('Executing notebook with kernel')
  })
})

describe('what waits for a launcher', () => {
  /** Waits until the test opens the gate, and says what it is at. */
  const gated = () =>
    script(`echo 'job 7 queued' >&2
trap 'touch "${bench.scratch}/cancelled"; exit 1' TERM
while [ ! -e '${bench.scratch}/gate' ]; do sleep 0.05; done
exec "$@"`)

  it('tells so', async () => {
    const running = bench.run('prints-parameters.ipynb', { launcher: await gated() })
    const queued = () => waiting().some(({ message }) => message?.includes('job 7 queued'))
    await vi.waitUntil(queued, { timeout: 20_000 })
    await writeFile(join(bench.scratch, 'gate'), '')
    expect(await running).toMatchObject({ state: 'succeeded' })
    expect(waiting().length).toBeLessThanOrEqual(2)
    expect(waiting()[0]).toMatchObject({
      step: 0,
      of: 0,
      message: expect.stringMatching(/^waiting/),
    })
    expect(bench.progress.slice(waiting().length)).toHaveLength(6)
  })

  it('tells it seldom where the launcher talks much', async () => {
    const launcher = await script(`for i in $(seq 300); do echo "line $i" >&2; sleep 0.002; done
while [ ! -e '${bench.scratch}/gate' ]; do sleep 0.05; done
exec "$@"`)
    const running = bench.run('finds-no-data.ipynb', { launcher })
    const last = () => waiting().some(({ message }) => message?.endsWith('line 300'))
    await vi.waitUntil(last, { timeout: 20_000 })
    await writeFile(join(bench.scratch, 'gate'), '')
    expect(await running).toMatchObject({ state: 'no-data' })
    expect(waiting().length).toBeLessThan(20)
  })

  it('waits no longer than its limit, and tells the launcher to take it back', async () => {
    const result = await bench.run('raises.ipynb', {
      launcher: await gated(),
      limits: { launch: 0.7 },
    })
    expect(result).toMatchObject(
      notStarted(/launcher did not start .*python within limits\.launch.*: job 7 queued/),
    )
    await readFile(join(bench.scratch, 'cancelled'))
  })

  it('is cancelled at once, and the launcher told', async () => {
    const controller = new AbortController()
    const running = bench.run(
      'raises.ipynb',
      { launcher: await gated() },
      { signal: controller.signal },
    )
    const queued = () => waiting().some(({ message }) => message?.includes('job 7 queued'))
    await vi.waitUntil(queued, { timeout: 10_000 })
    const began = Date.now()
    controller.abort({ kind: 'cancelled', message: 'by hand' })
    expect(await running).toMatchObject({ state: 'cancelled', message: 'by hand' })
    expect(Date.now() - began).toBeLessThan(2_500)
    await readFile(join(bench.scratch, 'cancelled'))
  })

  it('ends also where the launcher does not listen', async () => {
    const launcher = await script(`trap '' TERM\nwhile :; do sleep 0.1; done`)
    const began = Date.now()
    const result = await bench.run('raises.ipynb', { launcher, limits: { launch: 0.3 } })
    expect(result).toMatchObject(notStarted(/did not start/))
    expect(Date.now() - began).toBeLessThan(10_000)
  })
})
