import { writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'

import { execa } from 'execa'
import { onTestFinished, vi } from 'vitest'

import { python } from './python.ts'

const bin = dirname(python)

/** A real supervisord with one folder of programs; ended with the test, and its programs with it. */
export class Supervisor {
  readonly #config: string

  private constructor(config: string) {
    this.#config = config
  }

  /**
   * @param folder - where it keeps its own files.
   * @param programs - the pattern of the programs' files.
   */
  static async start(folder: string, programs: string): Promise<Supervisor> {
    const config = join(folder, 'supervisord.conf')
    // short enough for a socket's path
    const socket = join(folder, 's.sock')
    await writeFile(
      config,
      `[unix_http_server]
file=${socket}
[supervisord]
logfile=${join(folder, 'supervisord.log')}
pidfile=${join(folder, 'supervisord.pid')}
[rpcinterface:supervisor]
supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface
[supervisorctl]
serverurl=unix://${socket}
[include]
files = ${programs}
`,
    )
    const daemon = execa(join(bin, 'supervisord'), ['--nodaemon', '-c', config], {
      reject: false,
      stdin: 'ignore',
      stdout: 'ignore',
      // its programs get the grace time that their files give them
      forceKillAfterDelay: false,
    })
    onTestFinished(async () => {
      daemon.kill('SIGTERM')
      await daemon
    })
    const supervisor = new Supervisor(config)
    await vi.waitFor(async () => supervisor.control('pid'), { timeout: 20_000, interval: 100 })
    return supervisor
  }

  /** What `supervisorctl` says; throws if it fails. */
  async control(...args: readonly string[]): Promise<string> {
    const { stdout } = await execa(join(bin, 'supervisorctl'), ['-c', this.#config, ...args])
    return stdout
  }

  /** The process of a program that runs, as supervisor has it. */
  async pid(program: string): Promise<number> {
    return Number(await this.control('pid', program))
  }

  /** Resolves once a program's state is so. */
  async whenState(program: string, state: string): Promise<void> {
    await vi.waitFor(
      async () => {
        // it exits with 3 for a program that does not run
        const { stdout } = await execa(
          join(bin, 'supervisorctl'),
          ['-c', this.#config, 'status', program],
          { reject: false },
        )
        if (!stdout.includes(state)) throw new Error(`${program} is not ${state}: ${stdout}`)
      },
      { timeout: 40_000, interval: 200 },
    )
  }
}
