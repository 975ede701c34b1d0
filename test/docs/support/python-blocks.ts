import { execa } from 'execa'

import { python } from '../../support/python.js'
import type { Block } from './blocks.js'

const compiling = `
import json, sys

problems = []
for place, code in json.load(sys.stdin):
    try:
        compile(code, place, "exec")
    except SyntaxError as error:
        problems.append(f"{place}: {error}")
json.dump(problems, sys.stdout)
`

/** Which blocks are no Python, and why. */
export async function pythonProblems(blocks: readonly Block[]): Promise<readonly string[]> {
  const given = blocks.map(({ file, line, code }) => [`${file}:${line}`, code])
  const { stdout } = await execa(python, ['-c', compiling], { input: JSON.stringify(given) })
  return JSON.parse(stdout) as string[]
}

/**
 * Runs blocks as the cells of one notebook, with these parameters behind the first, and then shows some values.
 *
 * @returns what Python's `repr` says of each.
 */
export async function runAsNotebook(
  blocks: readonly Block[],
  parameters: Readonly<Record<string, string>>,
  shown: readonly string[],
): Promise<readonly string[]> {
  const given = Object.entries(parameters).map(
    ([name, value]) => `${name} = ${JSON.stringify(value)}`,
  )
  const [first, ...rest] = blocks.map(({ code }) => code)
  const program = [first, ...given, ...rest, ...shown.map((value) => `print(repr(${value}))`)]
  const { stdout } = await execa(python, ['-'], { input: program.join('\n') })
  return stdout.split('\n')
}
