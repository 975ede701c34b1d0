import { rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'

import { execa } from 'execa'

import { pythonProgram } from '../process/python-program.js'
import type { NotebookOutcome } from './result.js'

/** What an executed notebook calls an end that papermill could not write into it. */
const NAMES: Readonly<Record<string, string>> = {
  cancelled: 'Cancelled',
  interrupted: 'Interrupted',
  'timed-out': 'TimedOut',
}

/** Removes what a program had half written when it was killed. */
export async function removePartial(output: string): Promise<void> {
  await rm(join(dirname(output), `.${basename(output)}.partial`), { force: true })
}

/**
 * Makes a saved notebook show how it ended, after the program that ran it was killed. Returns the
 * number of the cell that was running, from 1.
 */
export async function mend(
  output: string,
  outcome: NotebookOutcome,
  python: string,
): Promise<number | undefined> {
  const kind = outcome.state === 'failed' ? outcome.reason : outcome.state
  const job = { output, ename: NAMES[kind] ?? 'ProgramDied', evalue: outcome.message ?? kind }
  // in Python, because JavaScript would change the numbers of the notebook's metadata
  const mendWith = (program: string): Promise<{ stdout: string }> =>
    execa(program, [pythonProgram, 'mend'], { input: JSON.stringify(job), timeout: 5_000 })
  const { stdout } = await mendWith(python).catch((error: unknown) => {
    // the Python of a launcher may be where the launcher starts it and nowhere else; any does for this
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return mendWith('python3')
    throw error
  })
  return stdout === '' ? undefined : Number(stdout)
}
