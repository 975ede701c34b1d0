import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { execa } from 'execa'

import { root } from '../../support/python.js'

interface Report {
  readonly testResults: readonly {
    readonly name: string
    readonly status: string
    readonly message: string
    readonly assertionResults: readonly {
      readonly status: string
      readonly fullName: string
      readonly failureMessages: readonly string[]
    }[]
  }[]
}

/**
 * Runs the examples that are suites, all in one vitest.
 *
 * @param folder - where their files are.
 * @returns what is wrong with the suite in a file; empty if nothing is.
 */
export async function performSuites(folder: string): Promise<(file: string) => readonly string[]> {
  const output = join(folder, 'report.json')
  // of its own, so that it looks for none above
  await writeFile(join(folder, 'vitest.config.js'), 'export default {}\n')
  const { all } = await execa(
    process.execPath,
    [
      join(root, 'node_modules/vitest/vitest.mjs'),
      ...['run', '--root', folder, '--maxWorkers=1'],
      ...['--reporter=json', '--outputFile', output],
    ],
    { cwd: folder, reject: false, stdin: 'ignore', all: true, env: { VITEST: undefined } },
  )
  const text = await readFile(output, 'utf8').catch(() => undefined)
  if (text === undefined) throw new Error(`vitest left no report, and said:\n${all}`)
  const { testResults } = JSON.parse(text) as Report
  return (file) => {
    const result = testResults.find(({ name }) => name === file)
    if (!result) return [`vitest did not find it, and said:\n${all}`]
    const { assertionResults, message } = result
    if (assertionResults.length === 0) return [message === '' ? 'it has no test' : message]
    return assertionResults
      .filter(({ status }) => status !== 'passed')
      .map(({ fullName, failureMessages }) => `${fullName}: ${failureMessages.join('\n')}`)
  }
}
