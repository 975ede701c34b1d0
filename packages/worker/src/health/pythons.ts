import { dirname } from 'node:path'

import type { Config } from '../config/config.js'
import { executable, launcherOf } from '../config/programs.js'
import { findProgram } from '../config/find-program.js'

/** The programs that notebooks are started with: launchers where there are any, else Pythons. */
export function programsOf(config: Config): Set<string> {
  const from = dirname(config.file)
  const [ownLauncher] = config.launcher
  if (!config.rules) return new Set([ownLauncher ?? config.python])
  const notebooks = config.rules.flatMap(({ notebooks: list = [] }) => list)
  return new Set(
    notebooks.map(({ python, launcher }) => {
      const [own] = launcher === undefined ? config.launcher : launcherOf(launcher, from)
      return own ?? (python === undefined ? config.python : executable(python, from))
    }),
  )
}

/** Why notebooks can't be started with a program, and what to do; null: they can, as far as one can see. */
export async function problemOfProgram(program: string): Promise<string | null> {
  if ((await findProgram(program)) !== null) return null
  return `${program} is not there or may not be executed, so that no notebook can be started with it; install it again, or change \`python\` or \`launcher\` in the config`
}
