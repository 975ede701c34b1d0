import { readFileSync } from 'node:fs'
import { join } from 'node:path'

import { beforeAll, describe, expect, it } from 'vitest'

import { root } from '../support/python.js'
import { blocksOfPages, pages } from './support/blocks.js'
import {
  commandProblem,
  commandsIn,
  commandsInText,
  type Known,
  knownCommands,
  packageFile,
  scriptsIn,
  type Shown,
} from './support/commands.js'

const read = (file: string): string => readFileSync(join(root, file), 'utf8')
const blocks = blocksOfPages()
let known: Known

beforeAll(async () => {
  known = await knownCommands()
})

/** What is wrong with commands, each with its place. */
function problems(shown: readonly Shown[]): string[] {
  return shown.flatMap((command) => {
    const why = commandProblem(command, known)
    const { file, line, args } = command
    return why === null ? [] : [`${file}:${line}: prompt-papermill ${args.join(' ')}: ${why}`]
  })
}

describe('the commands that the pages show', () => {
  for (const page of pages()) {
    it(`are there, with their flags: ${page}`, () => {
      const inBlocks = commandsIn(blocks.filter(({ file }) => file === page))
      expect(problems([...inBlocks, ...commandsInText(page, read(page))])).toEqual([])
    })
  }

  it('are found in the README, and known from the program', () => {
    const names = commandsIn(blocks.filter(({ file }) => file === 'README.md')).map(
      ({ args }) => args[0],
    )
    expect(names).toEqual(expect.arrayContaining(['init', 'check', 'jobs', 'runs']))
    expect(known.get('tap')).toEqual(expect.objectContaining(new Set(['--record'])))
    expect([...(known.get('run') ?? [])]).toEqual(expect.arrayContaining(['-c', '--config']))
  })

  it('are told where the program has no such command or flag', () => {
    const code = [
      'sudo env X=1 prompt-papermill chek -c worker.yml # a slip',
      'prompt-papermill jobs \\',
      '  --jsn | head',
      'node packages/worker/dist/cli.js --versoin',
      'npm install prompt-papermill',
    ].join('\n')
    const block = { file: 'a.md', name: 'a', line: 5, language: 'sh', info: '', code }
    expect(problems(commandsIn([block])).map((text) => text.split('; ')[0])).toEqual([
      'a.md:5: prompt-papermill chek -c worker.yml: there is no command chek',
      'a.md:6: prompt-papermill jobs --jsn: jobs has no --jsn',
      'a.md:7: prompt-papermill --versoin: the program has no --versoin',
    ])
  })
})

describe('the npm scripts that the pages name', () => {
  it('are in package.json', () => {
    const { scripts } = JSON.parse(readFileSync(packageFile, 'utf8')) as {
      scripts: Record<string, string>
    }
    const named = [...pages(), 'CONTRIBUTING.md'].flatMap((page) => scriptsIn(page, read(page)))
    expect(named.length).toBeGreaterThan(5)
    expect(named.filter(({ name }) => !Object.hasOwn(scripts, name))).toEqual([])
  })
})
