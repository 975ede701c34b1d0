import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

import { describe, expect, it } from 'vitest'

import {
  commandReadiness,
  type CommandReadinessOptions,
} from '../../../packages/worker/src/readiness/command-readiness.js'
import { temporaryFolder } from '../../support/temporary-folder.js'
import { hopeless, look, missing, runWith } from './support.js'

function command(
  argv: readonly string[],
  options: Partial<CommandReadinessOptions> = {},
): ReturnType<typeof commandReadiness> {
  return commandReadiness({ command: argv, env: {}, cwd: '/', timeout: 10_000, ...options })
}

/** A script, whose own `$` the config would need twice. */
const script = (text: string): string[] => ['/bin/sh', '-c', text.replaceAll('$', '$$$$'), 'script']

/** Whether a process is there. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

async function untilGone(pid: number): Promise<void> {
  // one that was killed may be there until its new parent has taken note
  while (isAlive(pid)) await new Promise((resolve) => setTimeout(resolve, 5))
}

describe('waiting for a command', () => {
  it('ends when it exits with 0; till then it says what the command said last', async () => {
    const readiness = command(
      [...script('echo one; echo "$1 of $ALL" >&2; exit $1'), '$start.left'],
      {
        env: { ALL: '{$start.all} files' },
      },
    )
    expect(readiness.name).toBe('command sh')
    expect(await look(readiness, runWith({ left: 3, all: 7 }))).toEqual(
      missing(/^3 of 7 files \(exit code 3\)$/u),
    )
    expect(await look(readiness, runWith({ left: 0, all: 7 }))).toEqual({ ready: true })
    expect(await look(command(script('exit 4')), runWith())).toEqual(
      missing(/^it says no \(exit code 4\)$/u),
    )
    expect(await look(command(script('kill -9 $$')), runWith())).toEqual(
      missing(/^it says no \(ended by SIGKILL\)$/u),
    )
  })

  it('hands values over as they are: no shell sees them', async () => {
    const folder = await temporaryFolder()
    const value = '$(touch pwned) `x` "; rm -rf *'
    const readiness = command(
      [...script('printf %s "$1" > arg; printf %s "$VALUE" > env'), '$start.title'],
      { cwd: folder, env: { VALUE: '$start.title' } },
    )
    expect(await look(readiness, runWith({ title: value }))).toEqual({ ready: true })
    expect(await readFile(join(folder, 'arg'), 'utf8')).toBe(value)
    expect(await readFile(join(folder, 'env'), 'utf8')).toBe(value)
  })

  it('refuses a value that the command would take for an option', async () => {
    const readiness = command(['/bin/true', '$start.title'])
    expect(await look(readiness, runWith({ title: '--help' }))).toEqual(hopeless("can't be used"))
    expect(await look(readiness, runWith({ title: 'a\0b' }))).toEqual(hopeless("can't be used"))
    expect(await look(readiness, runWith({ title: -1.5 }))).toEqual({ ready: true })
    const behind = command(['/bin/true', '--title=$start.title'])
    expect(await look(behind, runWith({ title: '--help' }))).toEqual({ ready: true })
    expect(await look(readiness, runWith())).toEqual(hopeless(/^this run has no \$start\.title$/u))
  })

  it('says that it could not be started', async () => {
    expect(await look(command(['/no/such/program']), runWith())).toEqual(
      missing(/^it can't be started: .*ENOENT/u),
    )
  })

  it('ends it with its children when it takes too long, be they ever so stubborn', async () => {
    const folder = await temporaryFolder()
    const text = `trap '' TERM; (trap '' TERM; while :; do sleep 1; done) & echo $! > child; echo $$ > self; wait; while :; do sleep 1; done`
    const readiness = command(script(text), { cwd: folder, timeout: 300 })
    expect(await look(readiness, runWith())).toEqual(missing(/^no answer within 0\.3 s$/u))
    for (const name of ['self', 'child']) {
      await untilGone(Number(await readFile(join(folder, name), 'utf8')))
    }
  })

  it('ends what it leaves behind', async () => {
    const folder = await temporaryFolder()
    const readiness = command(script('sleep 1000 & echo $! > child'), { cwd: folder })
    expect(await look(readiness, runWith())).toEqual({ ready: true })
    await untilGone(Number(await readFile(join(folder, 'child'), 'utf8')))
  })

  it('ends at once when it is broken off', async () => {
    const controller = new AbortController()
    const began = performance.now()
    const looking = look(command(['/bin/sleep', '1000']), runWith(), controller.signal)
    setTimeout(() => controller.abort(), 50)
    await looking
    expect(performance.now() - began).toBeLessThan(5_000)
  })

  it('runs no program that a run names', () => {
    expect(() => command(['$start.program'])).toThrow("is the config's alone")
    expect(() => command(['/opt/{$start.program}'])).toThrow("is the config's alone")
  })

  it.each(['-c', '-ec', '-e', '--eval'])('makes no value part of the code behind %s', (option) => {
    const argv = ['/bin/sh', option, 'echo $start.title']
    expect(() => command(argv)).toThrow('must not become part of it; hand it through env')
  })
})
