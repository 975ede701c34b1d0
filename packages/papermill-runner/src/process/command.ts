import type { ProcessNeeds, WarmNeeds } from './process-needs.js'
import { pythonProgram } from './python-program.js'

/** A program with its arguments, which go to it as they are: there is no shell in between. */
export interface Command {
  readonly program: string
  readonly args: readonly string[]
}

/** What to start for a notebook: the Python with our program, behind its launcher where it has one. */
export function commandFor(
  { python, launcher = [] }: ProcessNeeds,
  scratch: string,
  warm: WarmNeeds | undefined,
): Command {
  const [launching, ...options] = launcher
  if (launching !== undefined) {
    return { program: launching, args: [...options, python, pythonProgram, 'launched', scratch] }
  }
  const warmth = warm === undefined ? [] : [JSON.stringify(warm)]
  return { program: python, args: [pythonProgram, 'run', scratch, ...warmth] }
}
