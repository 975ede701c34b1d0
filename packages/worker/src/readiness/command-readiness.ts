import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { basename } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

import { BlueskyError, type Readiness, type ReadinessState } from '@prompt-papermill/core'

import { endGroup } from './end-group.js'
import { RunText } from './run-text.js'

/** Which program a {@link commandReadiness} runs. */
export interface CommandReadinessOptions {
  /** The program, and its arguments with references to the run. */
  readonly command: readonly string[]
  /** More of its environment, with references to the run. */
  readonly env: Readonly<Record<string, string>>
  /** Its working directory. */
  readonly cwd: string
  /** Milliseconds for one run of it. */
  readonly timeout: number
}

/** How much of what the program says is kept, in characters. */
const maxOutput = 500

/**
 * Waits until a program exits with 0. It is started without a shell, and values of the run are single arguments
 * or variables. One that begins an argument with a dash is refused, since the program would take it for an option.
 *
 * @throws BlueskyError `bad-option` for a command that can't be used.
 */
export function commandReadiness(options: CommandReadinessOptions): Readiness {
  const [program, ...args] = options.command.map((text) => new RunText(text))
  if (!program || program.hasReferences) {
    throw new BlueskyError(
      'bad-option',
      `the program of a command is the config's alone; "${program?.source ?? ''}" has a value of the run`,
    )
  }
  for (const [i, text] of args.entries()) {
    const before = args[i - 1]?.source ?? ''
    if (!text.hasReferences || !/^(?:-\w*[ce]|--eval|--command)$/u.test(before)) continue
    throw new BlueskyError(
      'bad-option',
      `"${text.source}" behind ${before} is code, and a value of the run must not become part of it; hand it through env`,
    )
  }
  const env = Object.entries(options.env).map(([name, text]) => [name, new RunText(text)] as const)
  return {
    name: `command ${basename(program.beginning)}`,
    async check(run, signal) {
      const filled = args.map((text) =>
        text.fill(run, (value, at) => (value.includes('\0') || isOption(value, at) ? null : value)),
      )
      const variables = env.map(([, text]) =>
        text.fill(run, (value) => (value.includes('\0') ? null : value)),
      )
      const values: string[] = []
      for (const text of [...filled, ...variables]) {
        if (!text.ok) return { ready: false, message: text.message, never: true }
        values.push(text.text)
      }
      const named = env.map(([name], i) => [name, values[args.length + i]])
      return runOnce(program.beginning, values.slice(0, args.length), {
        ...options,
        env: Object.fromEntries(named) as Record<string, string>,
        signal,
      })
    },
  }
}

/** Whether a program would take a value for an option: one that begins its argument with a dash, and is no number. */
function isOption(value: string, at: number): boolean {
  return at === 0 && value.startsWith('-') && !/^-\d+(?:\.\d+)?$/u.test(value)
}

interface RunOnce {
  readonly cwd: string
  readonly env: Readonly<Record<string, string>>
  readonly timeout: number
  readonly signal: AbortSignal
}

async function runOnce(
  program: string,
  args: readonly string[],
  { cwd, env, timeout, signal }: RunOnce,
): Promise<ReadinessState> {
  const child = spawn(program, args, {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    // a group of its own, so that its children end with it
    detached: true,
  })
  const closed = new Promise((resolve) => child.once('close', resolve))
  let said = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream
      .setEncoding('utf8')
      .on('data', (text: string) => (said = (said + text).slice(-maxOutput)))
  }
  const limit = AbortSignal.any([signal, AbortSignal.timeout(timeout)])
  try {
    const [exitCode, signalName] = (await once(child, 'exit', { signal: limit })) as [
      number | null,
      NodeJS.Signals | null,
    ]
    if (exitCode === 0) return { ready: true }
    await endGroup(child)
    // what it said last is on its way still
    await Promise.race([closed, sleep(1_000, undefined, { ref: false })])
    const how = signalName === null ? `exit code ${exitCode ?? ''}` : `ended by ${signalName}`
    const last = said.trimEnd().split('\n').at(-1) ?? ''
    return { ready: false, message: last === '' ? `it says no (${how})` : `${last} (${how})` }
  } catch (error) {
    if (limit.aborted) return { ready: false, message: `no answer within ${timeout / 1000} s` }
    return { ready: false, message: `it can't be started: ${(error as Error).message}` }
  } finally {
    await endGroup(child)
    child.stdout.destroy()
    child.stderr.destroy()
  }
}
