import { resolve } from 'node:path'

/** A program by its path, relative to the config; a bare name is looked up in PATH. */
export function executable(program: string, from: string): string {
  return program.includes('/') ? resolve(from, program) : program
}

/** A launcher's words: its program as a program, the others as they are. */
export function launcherOf(words: readonly string[] | undefined, from: string): readonly string[] {
  const [program, ...others] = words ?? []
  return program === undefined ? [] : [executable(program, from), ...others]
}
