import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

import { freePort } from './bluesky-proxy.js'
import { python, root } from './python.js'

const program = join(root, '.venv/bin/tiled')

/** Whether Tiled is installed; `.ci/prepare.mjs` does so. */
export const hasTiled = existsSync(program)

/** A real Tiled server with a catalog of bluesky runs, kept in a folder. */
export class TiledServer {
  readonly apiKey = 'secret'
  readonly #folder: string
  readonly #port: number
  #process: ChildProcess | undefined

  private constructor(folder: string, port: number) {
    this.#folder = folder
    this.#port = port
  }

  static async start(folder: string): Promise<TiledServer> {
    const server = new TiledServer(folder, await freePort())
    await mkdir(join(folder, 'files'), { recursive: true })
    await writeFile(join(folder, 'config.yml'), server.#config())
    await server.restart()
    return server
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`
  }

  /** Starts it on its folder and its port, once more. */
  async restart(): Promise<void> {
    const args = ['serve', 'config', 'config.yml', '--port', String(this.#port)]
    const child = spawn(program, args, { cwd: this.#folder, stdio: ['ignore', 'ignore', 'pipe'] })
    this.#process = child
    let said = ''
    child.stderr
      .setEncoding('utf8')
      .on('data', (text: string) => (said = (said + text).slice(-5000)))
    const deadline = Date.now() + 150_000
    for (;;) {
      if (child.exitCode !== null || Date.now() > deadline) {
        throw new Error(`the Tiled server did not start: ${said}`)
      }
      const answers = await fetch(`${this.url}/api/v1/`).then(
        ({ ok }) => ok,
        () => false,
      )
      if (answers) return
      await sleep(200)
    }
  }

  async stop(): Promise<void> {
    const child = this.#process
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    child.kill('SIGKILL')
    await once(child, 'exit')
  }

  /** Has a RunEngine measure with bluesky's TiledWriter; resolves with the documents that it emitted. */
  async measure(plans: readonly string[]): Promise<[string, Record<string, unknown>][]> {
    const script = join(root, 'test/fixtures/tiled/measure.py')
    const child = spawn(python, [script, this.url, this.apiKey, ...plans], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let lines = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => (lines += text))
    const [code] = (await once(child, 'close')) as [number | null]
    if (code !== 0) throw new Error(`measure.py ended with ${code}`)
    return lines
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as [string, Record<string, unknown>])
  }

  #config(): string {
    return [
      'authentication: { single_user_api_key: secret }',
      'trees:',
      '  - path: /raw',
      '    tree: catalog',
      '    args:',
      `      uri: "sqlite:///${this.#folder}/catalog.db"`,
      '      init_if_not_exists: true',
      `      writable_storage: ["file://${this.#folder}/files", "duckdb:///${this.#folder}/tables.duckdb"]`,
      '      specs: [{ name: CatalogOfBlueskyRuns, version: "3.0" }]',
      '',
    ].join('\n')
  }
}
