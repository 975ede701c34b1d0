import type { Readable, Writable } from 'node:stream'

import { execa } from 'execa'

import { commandFor } from './command.js'
import type { Environment } from './environment.js'
import { environmentNow } from './environment.js'
import type { ProcessNeeds, WarmNeeds } from './process-needs.js'
import { ProcessMark } from './strays.js'

/** How a process ended. */
export interface ProcessEnd {
  /** Null where a signal ended it, or where nobody could see how it ended. */
  readonly exitCode: number | null
  /** The signal that ended it, such as `SIGKILL`; null where it exited by itself. */
  readonly signal: string | null
  /** Why it could not be started at all. */
  readonly error?: NodeJS.ErrnoException
}

/** A process of ours that was started, in a session of its own, however that was done. */
export interface RunningProgram {
  readonly pid: number | undefined
  readonly stdin: Writable
  readonly stdout: Readable
  readonly stderr: Readable
  readonly ended: Promise<ProcessEnd>
  /** The environment that it was started with. */
  readonly environment: Environment
  /** Ends what a process left that was killed; returns the ids of what could not be ended. */
  endStrays(): Promise<number[]>
}

/** Starts the program that runs a notebook. That it could not be started is told by `ended`. */
export function startProgram(
  needs: ProcessNeeds,
  scratch: string,
  warm: WarmNeeds | undefined,
): RunningProgram {
  const { program, args } = commandFor(needs, scratch, warm)
  return spawnProgram(program, args, needs.env)
}

/** Starts any program, with a mark to find what it leaves by. */
export function spawnProgram(
  program: string,
  args: readonly string[],
  env: Environment,
): RunningProgram {
  const mark = new ProcessMark()
  const environment = environmentNow(env)
  const subprocess = execa(program, args, {
    detached: true,
    cleanup: false,
    buffer: false,
    reject: false,
    stdin: 'pipe',
    env: { ...env, ...mark.env },
  })
  // a process that has gone does not read; its end says the rest
  subprocess.stdin.on('error', () => undefined)
  const ended = new Promise<ProcessEnd>((resolve) => {
    subprocess.once('exit', (exitCode, signal) => resolve({ exitCode, signal }))
    subprocess.once('error', (error) => resolve({ exitCode: null, signal: null, error }))
  })
  const { pid, stdin, stdout, stderr } = subprocess
  return { pid, stdin, stdout, stderr, ended, environment, endStrays: () => mark.end() }
}
