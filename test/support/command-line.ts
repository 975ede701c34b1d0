import { mkdtempSync } from 'node:fs'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { execa } from 'execa'
import { onTestFinished } from 'vitest'

import { isWorkerReady } from '../../packages/worker/src/control/control-client.ts'
import type { JobRow, RunRow } from '../../packages/worker/src/ledger/rows.ts'
import { FramePublisher } from './frame-publisher.ts'
import { notebookOf } from './notebook.mjs'
import { python, root } from './python.ts'

/** The command as it was built. */
export const cli = join(root, 'packages/worker/dist/cli.js')

/** A folder that goes when the test does. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'pp-test-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }))
  return folder
}

/** Runs the command to its end. */
export async function command(
  args: readonly string[],
  options: { cwd?: string; env?: Record<string, string> } = {},
) {
  const { exitCode, stdout, stderr } = await execa(process.execPath, [cli, ...args], {
    reject: false,
    stdin: 'ignore',
    ...options,
  })
  return { exitCode, stdout, stderr }
}

/** What `jobs --json` or `runs --json` says. */
async function rows<T>(what: 'jobs' | 'runs', config: string): Promise<T[]> {
  const { stdout } = await command([what, '-c', config, '--json'])
  return stdout === '' ? [] : stdout.split('\n').map((line) => JSON.parse(line) as T)
}

/** A worker's folder with its config, and the worker when it runs. */
export class Deployment {
  readonly folder = temporaryFolder()
  readonly config = join(this.folder, 'worker.yml')
  readonly state = join(this.folder, 'state')
  readonly templates: string

  /**
   * @param extra - lines of YAML below the folders.
   */
  constructor(extra: string, templates = join(root, 'test/fixtures/notebooks')) {
    this.templates = templates
    this.write(extra)
  }

  /** Writes the config anew. */
  write(extra: string): void {
    const text = [
      `templates: ${this.templates}`,
      `results: ${join(this.folder, 'results')}`,
      `state: ${this.state}`,
      `python: ${python}`,
      extra,
    ].join('\n')
    this.written = writeFile(this.config, `${text}\n`)
  }

  written: Promise<void> = Promise.resolve()

  /** Starts the worker; resolves when it is connected. */
  async start(env: Record<string, string> = {}) {
    await this.written
    const child = execa(process.execPath, [cli, 'run', '-c', this.config], {
      reject: false,
      stdin: 'ignore',
      env,
      // the grace time is the worker's own matter
      forceKillAfterDelay: false,
    })
    onTestFinished(async () => {
      child.kill('SIGKILL')
      await child
    })
    while (!(await isWorkerReady(this.state))) {
      if (child.exitCode !== null) throw new Error(`the worker ended: ${(await child).stderr}`)
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
    // not the child itself: it is a promise, and an async function would wait for its end
    return {
      pid: child.pid,
      signal: (signal: NodeJS.Signals) => child.kill(signal),
      /** Resolves with the log line that has such a text, said from now on. */
      said: (text: string) => lineWith(child.stderr, text),
      /** Sends a signal and resolves when the worker has ended. */
      async end(signal: NodeJS.Signals = 'SIGTERM') {
        child.kill(signal)
        const { exitCode, stderr } = await child
        return { exitCode, stderr }
      },
    }
  }

  /** Operates the worker, or asks its ledger. */
  command(...args: readonly string[]) {
    return command([...args, '-c', this.config])
  }

  jobs(): Promise<JobRow[]> {
    return rows<JobRow>('jobs', this.config)
  }

  runs(): Promise<RunRow[]> {
    return rows<RunRow>('runs', this.config)
  }

  /** Resolves with the jobs once `enough` says so. */
  async jobsWhen(enough: (jobs: readonly JobRow[]) => boolean, seconds = 120): Promise<JobRow[]> {
    const until = Date.now() + seconds * 1000
    for (;;) {
      const jobs = await this.jobs()
      if (enough(jobs)) return jobs
      if (Date.now() > until) {
        throw new Error(
          `after ${seconds} s: ${JSON.stringify(jobs.map(({ entry, state }) => [entry, state]))}`,
        )
      }
      await new Promise((resolve) => setTimeout(resolve, 250))
    }
  }
}

/** Resolves with the first line of a stream, from now on, that has a text in it. */
async function lineWith(stream: NodeJS.ReadableStream, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = ''
    const look = (chunk: Buffer): void => {
      said += chunk.toString()
      const line = said
        .split('\n')
        .slice(0, -1)
        .find((one) => one.includes(text))
      if (line === undefined) return
      stream.off('data', look)
      resolve(line)
    }
    stream.on('data', look)
    stream.once('end', () =>
      reject(new Error(`the worker ended without saying "${text}": ${said}`)),
    )
  })
}

/** Whether so many jobs are there, and all have ended. */
export function ended(count: number): (jobs: readonly JobRow[]) => boolean {
  const open = new Set(['queued', 'waiting', 'running'])
  return (jobs) => jobs.length >= count && jobs.every(({ state }) => !open.has(state))
}

/** A publisher that goes when the test does. */
export async function publisher(): Promise<FramePublisher> {
  const made = await FramePublisher.open()
  onTestFinished(() => made.close())
  return made
}

/** Starts a worker; resolves once it has joined a publisher. */
export async function startJoined(
  deployment: Deployment,
  from: FramePublisher,
): Promise<Awaited<ReturnType<Deployment['start']>>> {
  const joined = from.joined()
  const worker = await deployment.start()
  await joined
  return worker
}

/** What a JSON file holds. */
export async function readJson<T>(path: string): Promise<T> {
  return JSON.parse(await readFile(path, 'utf8')) as T
}

/** A notebook that takes the parameters and does nothing. */
export const emptyNotebook = notebookOf('uid = ""\nresults_dir = ""\ndocuments = ""')
