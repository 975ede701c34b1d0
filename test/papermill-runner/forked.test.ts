import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { mkdir, readdir, readFile, readlink, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import type { Socket } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

import type { Progress } from '@prompt-papermill/core'
import type {
  ExecuteOptions,
  KernelPoolOptions,
  NotebookResult,
} from '@prompt-papermill/papermill-runner'
import { executeNotebook } from '@prompt-papermill/papermill-runner'
import { afterEach, describe, expect, it, vi } from 'vitest'

import { python } from '../support/python.ts'
import { Bench, markedProcesses, notebooks, printed, program, SharedPool } from './support.ts'

/** What the command lines say of the processes that fork, and that are forked to run a notebook. */
const PARENT = 'prompt_papermill_runner.py\0fork'
const RUNNER = 'prompt_papermill_runner.py\0run'

let shared: SharedPool
let bench: Bench
/** The environment of the pool, and so of its notebooks. */
let env: Record<string, string>
const open = async (options: KernelPoolOptions = {}, { waits = true } = {}) => {
  shared = await SharedPool.open({ fork: true, ...options })
  bench = await Bench.set(waits ? shared : undefined)
  env = { ...bench.env, ...(options.env as Record<string, string>) }
}
afterEach(async () => {
  await bench.clear()
  await shared.close()
})

/** A folder of modules, by name and text, for `PYTHONPATH`. */
async function modules(texts: Record<string, string>): Promise<string> {
  const folder = join((await Bench.set()).resultsDir, 'modules')
  await mkdir(folder, { recursive: true })
  for (const [name, text] of Object.entries(texts))
    await writeFile(join(folder, `${name}.py`), text)
  return folder
}

/** Runs a notebook of these code cells, and returns its result and what it printed. */
async function run(
  sources: readonly string[],
  options: ExecuteOptions = {},
): Promise<{ result: NotebookResult; said: string }> {
  const cells = sources.map((source, index) => ({
    cell_type: 'code',
    id: `cell-${index}`,
    metadata: {},
    source,
    outputs: [],
    execution_count: null,
  }))
  const metadata = { kernelspec: { name: 'python3', display_name: 'Python 3', language: 'python' } }
  const template = join(bench.resultsDir, 'template.ipynb')
  await writeFile(template, JSON.stringify({ cells, metadata, nbformat: 4, nbformat_minor: 5 }))
  const output = join(bench.resultsDir, 'executed.ipynb')
  const given = { python, kernels: shared.pool, env, ...options }
  const result = await executeNotebook(template, output, {}, given)
  return { result, said: printed(await bench.notebook('executed.ipynb')) }
}

const parents = () => markedProcesses(shared.mark, PARENT)

/** The parent of a process, as long as that one runs. */
async function parentOf(pid: number): Promise<number> {
  return Number(/PPid:\s+(\d+)/.exec(await readFile(`/proc/${pid}/status`, 'utf8'))?.[1])
}

describe('forked kernels', () => {
  it('leave to the notebook what would not survive a fork, and say so', async () => {
    const folder = await modules({
      fine_module: 'value = 1',
      starts_a_thread:
        'import threading, time\nthreading.Thread(target=time.sleep, args=(600,), daemon=True).start()',
      opens_a_file: 'file = open(__file__)',
      asks_for_ipython: 'from IPython import get_ipython\nfound = get_ipython()',
    })
    const preload = ['fine_module', 'starts_a_thread', 'opens_a_file', 'asks_for_ipython', 'none']
    await open({ preload, env: { PYTHONPATH: folder } })
    const { result, said } = await run([
      `import sys\nprint([name for name in sys.modules if name in ${JSON.stringify(preload)}])`,
      'import asks_for_ipython, starts_a_thread, threading',
      'print(asks_for_ipython.found is get_ipython())',
      'print([each.name.endswith("(sleep)") for each in threading.enumerate()].count(True))',
    ])
    expect(result).toMatchObject({ state: 'succeeded' })
    expect(said).toBe("['fine_module']\nTrue\n1\n")
    expect(shared.warnings.splice(0)).toEqual([
      expect.stringMatching(
        /"none":"ModuleNotFoundError.*"starts_a_thread":".*threads.*"opens_a_file":".*file.*"asks_for_ipython":".*asks/,
      ),
    ])
  })

  it('share no open file, not even the fonts of the first figure', async () => {
    await open({ preload: ['numpy', 'matplotlib.pyplot'] })
    const pids = await markedProcesses(shared.mark)
    expect(pids).toHaveLength(3)
    for (const pid of pids) {
      const names = await readdir(`/proc/${pid}/fd`)
      const links = await Promise.all(names.map((name) => readlink(`/proc/${pid}/fd/${name}`)))
      expect(links.filter((link) => link.startsWith('/') && link !== '/dev/null')).toEqual([])
    }
  })

  it('are forked when they are asked for, where more are than wait', async () => {
    await open()
    const [parent] = await parents()
    const looks: Promise<number>[] = []
    const look = async () => {
      const pids = await markedProcesses(shared.mark, RUNNER)
      const parentsOfThem = await Promise.all(pids.map((pid) => parentOf(pid).catch(() => 0)))
      return parentsOfThem.filter((pid) => pid === parent).length
    }
    const runs = Array.from({ length: 6 }, (_, index) => {
      const output = join(bench.resultsDir, `${index}.ipynb`)
      const onProgress = ({ step, event }: Progress) => {
        if (step === 4 && event === 'started') looks.push(look())
      }
      const options = { python, kernels: shared.pool, env, onProgress }
      return executeNotebook(join(notebooks, 'sleeps.ipynb'), output, { seconds: 1 }, options)
    })
    const states = (await Promise.all(runs)).map(({ state }) => state)
    expect(states).toEqual(Array(6).fill('succeeded'))
    expect(Math.max(...(await Promise.all(looks)))).toBeGreaterThanOrEqual(6)
    await shared.expectUsable()
  })

  it('go on when the process that they were forked from is killed, and another one takes its place', async () => {
    await open()
    const [parent] = await parents()
    const running = run(['import time\ntime.sleep(1.5)\nprint("went on")'])
    await vi.waitUntil(async () => (await parents()).length === 1 && shared.pool.ready === 0)
    process.kill(parent!, 'SIGKILL')
    expect(await running).toMatchObject({ result: { state: 'succeeded' }, said: 'went on\n' })
    await shared.pool.filled()
    const [other] = await parents()
    expect(other).not.toBe(parent)
    shared.warnings.length = 0
    expect(await run(['print("again")'])).toMatchObject({ said: 'again\n' })
    await shared.expectUsable()
  })

  it('see a module that was edited since, and are forked from a process that has loaded it anew', async () => {
    const folder = await modules({ analysis: 'version = "old"' })
    await open({ preload: ['analysis'], env: { PYTHONPATH: folder } })
    const [parent] = await parents()
    await writeFile(join(folder, 'analysis.py'), 'version = "edited"')
    // the one that waited has the old one still, as any kernel that waits
    expect((await run(['import analysis\nprint(analysis.version)'])).said).toBe('old\n')
    await vi.waitUntil(
      async () => {
        await shared.pool.filled()
        return (await run(['import analysis\nprint(analysis.version)'])).said === 'edited\n'
      },
      { timeout: 30_000 },
    )
    expect(await parents()).not.toContain(parent)
    await shared.expectUsable()
  })

  it('are started anew, with a word in the log, where the kernel can’t be forked', async () => {
    const folder = join((await Bench.set()).resultsDir, 'kernels', 'with-environment')
    await mkdir(folder, { recursive: true })
    const argv = ['python', '-m', 'ipykernel_launcher', '-f', '{connection_file}']
    const spec = { argv, display_name: 'Other', language: 'python', env: { OTHER: 'yes' } }
    await writeFile(join(folder, 'kernel.json'), JSON.stringify(spec))
    await open({ kernel: 'with-environment', env: { JUPYTER_PATH: join(folder, '..', '..') } })
    expect(shared.warnings.splice(0)).toEqual([
      expect.stringMatching(/can’t be forked: each one is started anew.*variables \(OTHER\)/),
    ])
    expect(await parents()).toEqual([])
    expect(await markedProcesses(shared.mark)).toHaveLength(2)
  })

  it('have the options that their specification gives to Python', async () => {
    const folder = join((await Bench.set()).resultsDir, 'kernels', 'with-options')
    await mkdir(folder, { recursive: true })
    const argv = ['python', '-Wdefault', '-m', 'ipykernel_launcher', '-f', '{connection_file}']
    const spec = { argv, display_name: 'Other', language: 'python' }
    await writeFile(join(folder, 'kernel.json'), JSON.stringify(spec))
    await open({ kernel: 'with-options', env: { JUPYTER_PATH: join(folder, '..', '..') } })
    expect(await parents()).toHaveLength(1)
    const options = { kernel: 'with-options' }
    const { said } = await run(['import sys\nprint(sys.warnoptions)'], options)
    expect(said).toBe("['default']\n")
    await shared.expectUsable()
  })

  it('end after the pool is closed while a notebook runs, with what they were forked from', async () => {
    await open()
    const running = run(['import time\ntime.sleep(1)\nprint("to its end")'])
    await vi.waitUntil(() => shared.pool.ready === 0, { interval: 1, timeout: 20_000 })
    await shared.pool.close()
    expect(await parents()).toHaveLength(1)
    expect(await running).toMatchObject({ said: 'to its end\n' })
    // the result does not wait for the last process's own end
    await vi.waitUntil(async () => (await markedProcesses(shared.mark)).length === 0)
  })

  it('are told of in the log where Python can’t be started', async () => {
    await open({ python: '/no/such/python' }, { waits: false })
    await vi.waitUntil(() => shared.warnings.length > 0)
    expect(shared.warnings.splice(0)[0]).toMatch(/\/no\/such\/python can't be started/)
  })

  it('end, with what they were forked from, when the host is killed and can’t say so', async () => {
    await open()
    const host = join(bench.scratch, 'papermill-host')
    await mkdir(host)
    const warmth = JSON.stringify({ kernel: 'python3', preload: [] })
    const mark = randomUUID()
    const child = spawn(python, [program, 'fork', warmth], {
      env: { ...process.env, RUNNER_TEST: mark },
      stdio: ['pipe', 'pipe', 'ignore'],
    })
    const servers = ['line', 'log'].map((name) => createServer().listen(join(host, name)))
    const sockets = Promise.all(
      servers.map(async (server) => (await once(server, 'connection'))[0] as Socket),
    )
    child.stdin.write(`${JSON.stringify({ id: 1, scratch: host })}\n`)
    const [line, log] = (await sockets) as [Socket, Socket]
    const [first] = (await once(createInterface({ input: line }), 'line')) as [string]
    expect(JSON.parse(first)).toMatchObject({ event: 'ready', warm: { kernel: 'python3' } })
    expect(await markedProcesses(mark)).toHaveLength(3)
    for (const each of [child.stdin, line, log]) each.destroy()
    for (const server of servers) server.close()
    await once(child, 'exit')
    await vi.waitUntil(async () => (await markedProcesses(mark)).length === 0, { timeout: 10_000 })
  })
})
