import { createWriteStream } from 'node:fs'
import { access } from 'node:fs/promises'
import { dirname, join } from 'node:path'

import { RemoteDispatcher } from '@prompt-papermill/core'
import { execa } from 'execa'

import { isWorkerReady } from '../../control/control-client.js'
import { CommandError } from '../command-error.js'
import { packageFolder } from '../../package-folder.js'

/** A program of the demo, running. */
export interface Program {
  readonly name: string
  /** Where its output goes. */
  readonly log: string
  /** Resolves when it has ended, however. */
  readonly ended: Promise<{ readonly exitCode: number | undefined; readonly stdout: string }>
  /** Ends it; resolves when it has gone. */
  end(): Promise<void>
}

/** How long a program may take to be ready, in milliseconds. */
const patience = 60_000

/** Starts the proxy that comes with a Python's bluesky; resolves when it answers. */
export async function startProxy(
  python: string,
  logs: string,
  ports: { readonly in: number; readonly out: number },
): Promise<Program> {
  const script = join(dirname(python), 'bluesky-0MQ-proxy')
  const found = python.includes('/')
    ? await access(script).then(
        () => true,
        () => false,
      )
    : false
  const proxy = startProgram('proxy', logs, found ? script : 'bluesky-0MQ-proxy', [
    '--in-address',
    `127.0.0.1:${ports.in}`,
    '--out-address',
    `127.0.0.1:${ports.out}`,
  ])
  await using source = new RemoteDispatcher(`127.0.0.1:${ports.out}`)
  const connected = new Promise<void>((resolve) => source.once('connected', () => resolve()))
  await source.start()
  await ready(proxy, connected)
  return proxy
}

/** Starts this package's own worker; resolves when it is connected. */
export async function startWorker(config: string, state: string, logs: string): Promise<Program> {
  const cli = process.argv[1] as string
  const worker = startProgram('worker', logs, process.execPath, [
    cli,
    ...['run', '-c', config, '--log-format', 'readable'],
  ])
  await ready(worker, whenReady(state))
  return worker
}

/** Runs the demo's plans; resolves with the runs that the RunEngine itself reported. */
export function startRunEngine(python: string, logs: string, port: number): Program {
  const program = join(packageFolder(), 'demo', 'run_engine.py')
  return startProgram('run_engine', logs, python, [program, `127.0.0.1:${port}`])
}

function startProgram(name: string, logs: string, file: string, args: string[]): Program {
  const log = join(logs, `${name}.log`)
  const child = execa(file, args, { reject: false, stdin: 'ignore', all: true })
  child.all.pipe(createWriteStream(log))
  const ended = child.then(({ exitCode, stdout, failed, code, shortMessage }) => {
    if (failed && code === 'ENOENT')
      throw new CommandError(`${file} can't be started: ${shortMessage}`)
    return { exitCode, stdout }
  })
  ended.catch(() => undefined)
  return {
    name,
    log,
    ended,
    async end() {
      child.kill('SIGTERM')
      await ended.catch(() => undefined)
    },
  }
}

async function ready(program: Program, whenReady: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new CommandError(`${program.name} is not ready after a minute; see ${program.log}`))
    }, patience)
  })
  const died = program.ended.then(({ exitCode }) => {
    throw new CommandError(`${program.name} ended at once (exit ${exitCode}); see ${program.log}`)
  })
  try {
    await Promise.race([whenReady, late, died])
  } catch (error) {
    await program.end()
    throw error
  } finally {
    clearTimeout(timer)
  }
}

async function whenReady(state: string): Promise<void> {
  const until = Date.now() + patience
  while (Date.now() < until) {
    if (await isWorkerReady(state)) return
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}
