import { stat } from 'node:fs/promises'
import { dirname } from 'node:path'

import type { Config } from '../../config/config.js'
import { executable } from '../../config/programs.js'
import { findProgram } from '../../config/find-program.js'
import { conditionsOf } from '../../readiness/make-wait.js'
import { type CheckResult, ok, warn } from './check-result.js'

/** Looks for the folders and programs that jobs wait with: without them a job waits until its limit. */
export async function checkWaits(config: Config): Promise<CheckResult[]> {
  const programs = new Set(programsOf(config))
  return Promise.all([
    ...config.wait.roots.map(checkRoot),
    ...[...programs].map((program) => checkProgram(executable(program, dirname(config.file)))),
  ])
}

/** The programs of all commands that are waited for. */
function programsOf({ rules = [] }: Config): string[] {
  const waits = rules.flatMap(({ wait, notebooks = [], actions = [] }) => [
    wait,
    ...[...notebooks, ...actions].map((entry) => entry.wait),
  ])
  return waits
    .flatMap((wait) => (wait ? conditionsOf(wait) : []))
    .flatMap(({ command }) => command?.slice(0, 1) ?? [])
}

async function checkRoot(root: string): Promise<CheckResult> {
  const subject = 'wait.roots'
  try {
    if ((await stat(root)).isDirectory()) return ok(subject, root)
    return warn(subject, `${root} is no folder, so that no file in it is ever found`)
  } catch (error) {
    const why = (error as Error).message
    return warn(subject, `${root} can't be seen (${why}); jobs that wait for files there wait on`)
  }
}

async function checkProgram(program: string): Promise<CheckResult> {
  const subject = 'wait.command'
  const path = await findProgram(program)
  if (path !== null) return ok(subject, path)
  const message = `${program} can't be started: is its path right, and may it be executed? Jobs that wait for it wait until their limit`
  return warn(subject, message)
}
