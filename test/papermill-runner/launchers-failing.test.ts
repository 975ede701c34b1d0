import { execFile } from 'node:child_process'
import { mkdir, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

import type { ActionContext, ActionResult } from '@prompt-papermill/core'
import type { PapermillOptions } from '@prompt-papermill/papermill-runner'
import { papermill } from '@prompt-papermill/papermill-runner'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { python } from '../support/python.ts'
import { canMount } from './mounting.ts'
import { shellLauncher } from './shell-launcher.ts'
import { Bench, errorsIn } from './support.ts'

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

describe('a launcher that fails', () => {
  type Options = Partial<PapermillOptions>
  const fails: readonly [string, () => Options | Promise<Options>, RegExp][] = [
    [
      'is missing',
      () => ({ launcher: ['no-such-launcher', '-n1'] }),
      /^no-such-launcher can't be started: there is no such program\. Install it, or change `launcher`/,
    ],
    [
      'refuses',
      async () => ({ launcher: await script('echo "error: no such partition" >&2; exit 1') }),
      /launcher exited with code 1 before the notebook started: error: no such partition$/,
    ],
    [
      'finds no Python',
      () => ({ launcher: ['env'], python: '/no/such/python' }),
      /^env exited with code 127 before the notebook started: env: .*\/no\/such\/python.*No such file/,
    ],
    [
      'keeps stdin to itself',
      async () => ({ launcher: await script('exec "$@" < /dev/null') }),
      /exited with code 0 before the notebook started.*has to hand on stdin and stdout/,
    ],
    [
      'keeps back what is printed',
      async () => ({
        launcher: await script(`said=$("$@"); echo "$said"`),
        limits: { launch: 3 },
      }),
      /did not start .* within limits\.launch.*`conda run` does with --no-capture-output/,
    ],
  ]

  it.each(fails)('because it %s is told with what to do', async (_, options, message) => {
    const result = await bench.run('raises.ipynb', await options())
    expect(result).toMatchObject(notStarted(message))
  })

  it('says so where Python behind it has no papermill', async () => {
    // a Python without its packages
    const result = await bench.run('raises.ipynb', {
      launcher: ['env'],
      python: '/usr/bin/python3',
    })
    expect(result).toMatchObject(notStarted(/can't import papermill .*install it there/))
  })

  it('is refused with an empty argument', () => {
    const make = () => papermill({ template: 'a.ipynb', launcher: ['srun', ''] })
    expect(make).toThrow('launcher must have no empty argument')
  })
})

describe('what ends behind a launcher', () => {
  /** Runs sleeps.ipynb and does something once it sleeps. */
  async function disturb(
    action: () => unknown,
    options: Partial<PapermillOptions> = {},
    context: Partial<ActionContext> = {},
  ): Promise<ActionResult> {
    const progress: ActionContext['progress'] = ({ step, event }) => {
      if (step === 4 && event === 'started') void action()
    }
    return bench.run('sleeps.ipynb', { launcher: ['env'], ...options }, { ...context, progress })
  }

  it('is cancelled gently', async () => {
    const controller = new AbortController()
    const result = await disturb(() => controller.abort(), {}, { signal: controller.signal })
    expect(result).toMatchObject({ state: 'cancelled' })
    expect(errorsIn(await bench.notebook()).at(-1)?.ename).toBe('Cancelled')
  })

  it('is ended at its limit', async () => {
    const result = await bench.run('sleeps.ipynb', { launcher: ['env'], limits: { cell: 1 } })
    expect(result).toMatchObject({ reason: 'timed-out', evidence: { limit: 'cell 1 s' } })
  })

  it('is known when the program is killed', async () => {
    const kill = async () => {
      const [pid] = await bench.processes('prompt_papermill_runner.py')
      process.kill(pid!, 'SIGKILL')
    }
    // a Python that is only where the launcher starts it, as in a container
    const launcher = await script(`shift; exec '${python}' "$@"`)
    const result = await disturb(kill, { launcher, python: '/only/there/python' })
    expect(result).toMatchObject({ reason: 'kernel-died', evidence: { signal: 'SIGKILL' } })
    expect(errorsIn(await bench.notebook())).toMatchObject([{ ename: 'ProgramDied' }])
  })
})

describe.skipIf(!canMount)('on what looks like another machine (for which root is needed)', () => {
  it('a notebook runs without the temporary folder of this one', async () => {
    const launcher = ['unshare', '--mount', '--uts', 'sh', '-c']
    const there = 'hostname node7 && mount -t tmpfs tmpfs "$TMPDIR" && exec "$@"'
    const result = await bench.run('raises.ipynb', { launcher: [...launcher, there, 'sh'] })
    expect(result).toMatchObject({
      reason: 'cell-error',
      details: { launched: { host: 'node7' }, python: { path: python } },
    })
  })
})

describe('the temporary folder of a program behind a launcher', () => {
  it.each([
    ['is that of the host where it is this user’s alone', true, 0o700],
    ['is another one where others could have made it, or can enter', false, 0o755],
    ['is another one where there can be none', false, undefined],
  ])('%s', async (_, isWanted, mode) => {
    const wanted = join(bench.resultsDir, mode === undefined ? 'a-file/below' : 'folder')
    if (mode === undefined) await writeFile(join(bench.resultsDir, 'a-file'), '')
    else await mkdir(wanted, { mode })
    const program = fileURLToPath(
      new URL('../../packages/papermill-runner/python', import.meta.url),
    )
    const code =
      'import sys; from notebook_runner.launched import scratch_folder as f; print(f(sys.argv[1]))'
    const env = { ...process.env, PYTHONPATH: program, TMPDIR: bench.resultsDir }
    const { stdout } = await promisify(execFile)(python, ['-c', code, wanted], { env })
    const folder = stdout.trim()
    expect(folder === wanted).toBe(isWanted)
    expect((await stat(folder)).mode & 0o777).toBe(0o700)
  })
})
