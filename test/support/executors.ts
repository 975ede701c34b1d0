import { access, readdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'

import { execa } from 'execa'
import { onTestFinished, vi } from 'vitest'

import { cli, Deployment, publisher } from './command-line.ts'
import { emptyNotebook } from './command-line.ts'
import type { FramePublisher } from './frame-publisher.ts'
import { RedisServer } from './redis-server.ts'

/** A notebook that says where it runs, and ends once the file `go` is in the templates' folder. */
const heldNotebook = (folder: string): string =>
  emptyNotebook.replace(
    'documents = \\"\\"',
    `$&\\nimport os, time\\nopen('begun.txt', 'w').write(str(os.getppid()))\\nwhile not os.path.exists('${folder}/go') and not os.path.exists('go'): time.sleep(0.05)\\nopen('done.txt', 'w').write(uid)`,
  )

const heldRule = (held: string): string =>
  `rules: [{ name: held, when: {}, notebooks: [{ template: ${held} }] }]`

/** A program of a role; ended with the test. */
export interface Program {
  readonly pid: number
  /** All that it has logged. */
  readonly log: () => string
  signal(signal: NodeJS.Signals): void
  /** Sends a signal and resolves with the exit code when it has ended. */
  end(signal: NodeJS.Signals): Promise<number | undefined>
}

/** A deployment whose queue is on a Redis of its own. */
export class Farm {
  private constructor(
    readonly redis: RedisServer,
    readonly deployment: Deployment,
    readonly from: FramePublisher,
  ) {}

  /**
   * @param rules - those of the config, by the held notebook.
   * @param settings - of Redis, besides the tests' usual ones.
   */
  static async open(rules = heldRule, settings: readonly string[] = []): Promise<Farm> {
    const redis = await RedisServer.start(...settings)
    const from = await publisher()
    const deployment = new Deployment('')
    const { folder } = deployment
    await deployment.written
    await writeFile(join(folder, 'held.ipynb'), heldNotebook(folder))
    deployment.write(
      [
        `source: { address: "${from.address}" }`,
        'http: false',
        'kernels: { warm: 0 }',
        'shutdown: { grace: 0s }',
        `queue: { kind: bullmq, url: ${redis.url}, concurrency: 1 }`,
        rules(join(folder, 'held.ipynb')),
      ].join('\n'),
    )
    await deployment.written
    return new Farm(redis, deployment, from)
  }

  /** Lets the held notebooks end, or that of one attempt. */
  async letGo(folder = this.deployment.folder): Promise<void> {
    await writeFile(join(folder, 'go'), '')
  }

  /** Resolves with the folder of such an attempt of any job, once it is there. */
  async opened(attempt: number): Promise<string> {
    return this.#folderWhen(`/attempt-${attempt}`)
  }

  /** Resolves with the folder of such an attempt of any job, other than one, once its notebook has begun. */
  async begun(attempt: number, other = ''): Promise<string> {
    return dirname(await this.#folderWhen(`/attempt-${attempt}/begun.txt`, other))
  }

  /** Resolves with what ends so below the results, and is in no other folder, once it is there. */
  async #folderWhen(end: string, other?: string): Promise<string> {
    const results = join(this.deployment.folder, 'results')
    return vi.waitFor(
      async () => {
        const paths = await readdir(results, { recursive: true })
        const found = paths
          .map((path) => join(results, path))
          .find((path) => path.endsWith(end) && dirname(path) !== other)
        if (found === undefined) throw new Error(`nothing ends with ${end}`)
        return found
      },
      { timeout: 60_000, interval: 50 },
    )
  }

  /** Resolves once an attempt's folder has its manifest. */
  async manifestIn(folder: string): Promise<void> {
    await vi.waitFor(() => access(join(folder, 'manifest.json')), {
      timeout: 60_000,
      interval: 50,
    })
  }

  /** Starts the intake; resolves once it receives. */
  async intake(role: 'intake' | 'both' = 'intake'): Promise<Program> {
    const joined = this.from.joined()
    const program = this.#run(role)
    // not until it is ready: without an executor it never is
    while (!program.log().includes('the worker has started')) await programLives(program)
    await joined
    return program
  }

  /** Starts an executor; resolves once it has started. */
  async executor(): Promise<Program> {
    const program = this.#run('executor')
    while (!program.log().includes('the executor has started')) await programLives(program)
    return program
  }

  #run(role: string): Program & { readonly ended: () => boolean } {
    const child = execa(
      process.execPath,
      [cli, 'run', '-c', this.deployment.config, '--role', role, '--log-format', 'json'],
      { reject: false, stdin: 'ignore', forceKillAfterDelay: false },
    )
    onTestFinished(async () => {
      child.kill('SIGKILL')
      await child
    })
    let log = ''
    child.stderr.on('data', (chunk: Buffer) => (log += chunk.toString()))
    return {
      pid: child.pid as number,
      log: () => log,
      ended: () => child.exitCode !== null,
      signal: (signal) => child.kill(signal),
      async end(signal) {
        child.kill(signal)
        return (await child).exitCode
      },
    }
  }
}

async function programLives(program: Program & { ended?: () => boolean }): Promise<void> {
  if (program.ended?.()) throw new Error(`it ended: ${program.log()}`)
  await new Promise((resolve) => setTimeout(resolve, 50))
}
