import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { describe, expect, it, onTestFinished } from 'vitest'

import { type Block, blocksOfDocstrings, blocksOfPages } from './support/blocks.js'
import { type Example, examplesOf } from './support/example.js'
import { perform } from './support/perform.js'
import { expectedPrints, misprint } from './support/prints.js'
import { performSuites } from './support/suites.js'
import { Surroundings } from './support/surroundings.js'
import { canShare, performTogether } from './support/together.js'
import { typeCheck } from './support/type-check.js'
import { Workshop } from './support/workshop.js'

const fence = (code: string, info = '', language = 'ts'): Block => ({
  ...{ file: 'a.md', name: 'a', line: 1 },
  ...{ language, info, code },
})

async function workshopOf(...blocks: readonly Block[]): Promise<[Workshop, readonly Example[]]> {
  const examples = examplesOf(blocks)
  const workshop = await Workshop.open(examples, Surroundings.none())
  onTestFinished(() => workshop.close())
  return [workshop, examples]
}

/** What is wrong with a program, or a service. */
async function problemsOf(code: string, info = ''): Promise<string> {
  const [workshop, [example]] = await workshopOf(fence(code, info))
  return (await perform(example!, workshop.bench(example!))).join('\n')
}

describe('what an example says that it prints', () => {
  const wrong = (code: string, ...printed: string[]): string | null =>
    misprint(expectedPrints(code)[0]!, printed)

  it('stands behind the call or in the lines below it', () => {
    const code = [
      'console.log(1) // 1',
      'console.log(',
      '  2,',
      ') // 2',
      "console.log('https://a.b/')",
      '// not a comment below: https://a.b/',
      'const three = 3 // three',
      'console.warn(three)',
    ].join('\n')
    expect(expectedPrints(code).map(({ line }) => line)).toEqual([1, 4, 5])
  })

  it('is compared but for white space, with … for anything', () => {
    expect(wrong('console.log(x) // { a: 1 }', '{\n  a: 1\n}')).toBeNull()
    expect(wrong('console.log(x) // run … of 3', 'run 7e-f of 3')).toBeNull()
    expect(wrong('console.log(x) // run … of 3', 'run 7 of 4')).toMatch(/line 1 is said to print/u)
    expect(wrong('console.log(x) // a.c', 'abc')).not.toBeNull()
  })

  it('counts how often a line prints', () => {
    expect(wrong('for (;;) console.log(x) // 1, then 2', '1', '2')).toBeNull()
    expect(wrong('for (;;) console.log(x) // 1, then 2', '1')).not.toBeNull()
    expect(wrong('console.log(x) // 1', '1', '1')).not.toBeNull()
    expect(wrong('console.log(x)\n// 1\n// 2', '1', '2')).toBeNull()
    expect(wrong('console.log(x)\n// [ 1,\n//   2 ]', '[ 1, 2 ]')).toBeNull()
  })
})

describe('an example', () => {
  it('is good if it prints what it says and ends by itself', async () => {
    expect(await problemsOf("console.log('a', [1]) // a [ 1 ]\n")).toBe('')
  })

  it('is told if it prints something else, or nothing', async () => {
    expect(await problemsOf('console.log(1 + 1) // 3\n')).toContain('3\nand prints\n    2')
    expect(await problemsOf('if (process.pid < 0) console.log(1) // 1\n')).toContain('nothing')
  })

  it('is told if it throws, at once or later', async () => {
    expect(await problemsOf("throw new Error('no such thing')\n")).toContain('no such thing')
    expect(await problemsOf("setTimeout(() => { throw new Error('too late') }, 1)\n")).toContain(
      'too late',
    )
  })

  it('is told if it is a service that ends, or waits for ever', async () => {
    expect(await problemsOf('console.log(1) // 1\n', 'keeps-running')).toContain('has ended')
    expect(await problemsOf('setInterval(() => console.log(1), 1) // 1\n', 'keeps-running')).toBe(
      '',
    )
    expect(await problemsOf('await new Promise(() => undefined)\n')).toContain('ended with 13')
  })

  it('that only computes shares a process, and is run alone if it can not', async () => {
    const [workshop, examples] = await workshopOf(
      fence('console.log(1 + 1) // 2\n'),
      fence('console.log(1 + 1) // 3\n'),
      fence('void Promise.reject(new Error())\n'),
      fence('console.log(1 + 1) // 2\n'),
      fence('await Promise.resolve()\n'),
      fence("import { open } from 'node:fs/promises'\n"),
    )
    expect(examples.map(canShare)).toEqual([true, true, true, true, false, false])
    const sharing = examples.filter(canShare)
    const told = await performTogether(new Map(sharing.map((each) => [each, workshop.bench(each)])))
    const [good, wrong, failing, behind] = sharing.map(told)
    expect(good).toEqual([])
    expect(wrong).toEqual([expect.stringMatching(/said to print/u)])
    expect([failing, behind]).toEqual([null, null])
  })

  it('is type-checked as strictly as the packages, each by itself', async () => {
    const [workshop, [good, bad]] = await workshopOf(
      fence("import { Run } from '@prompt-papermill/core'\nconst a: string = new Run('a').uid\n"),
      fence('const list: string[] = []\nconst a: string = list[0]\n'),
    )
    const [shown, wrong] = [workshop.bench(good!).shown, workshop.bench(bad!).shown]
    const problems = typeCheck([shown, wrong])
    expect(problems(shown)).toEqual([])
    expect(problems(wrong)).toEqual([expect.stringMatching(/^line 2: .*undefined/u)])
  })

  it('that is a suite is told if a test of it fails, or if it has none', async () => {
    const suite = (body: string): Block => fence(`import { expect, it } from 'vitest'\n${body}\n`)
    const [workshop, examples] = await workshopOf(
      suite("it('holds', () => expect(1).toBe(1))"),
      suite("it('breaks', () => expect(1).toBe(2))"),
      suite('expect(1).toBe(1)'),
    )
    const problems = await performSuites(workshop.folder)
    const [good, bad, none] = examples.map((example) => problems(workshop.bench(example).shown))
    expect(good).toEqual([])
    expect(bad).toEqual([expect.stringMatching(/^breaks: /u)])
    expect(none).toEqual([expect.stringMatching(/no test|No test/u)])
  })

  it('must not say on its fence what nobody knows', () => {
    expect(() => examplesOf([fence('', 'norun')])).toThrow(/a fence of an example says "norun"/u)
    expect(() => examplesOf([fence('', 'no-run:')])).toThrow(/no-run/u)
    expect(examplesOf([fence('', 'no-run: it needs a beam')])[0]?.manner).toEqual({
      kind: 'no-run',
      reason: 'it needs a beam',
    })
  })
})

describe('blocks', () => {
  it('of a docstring are named by what is documented, with the line of their code', () => {
    const file = 'packages/core/src/run/run.ts'
    const found = blocksOfDocstrings().find((block) => block.file === file)
    expect(found).toMatchObject({ name: 'Run', language: 'ts', info: '' })
    expect(found?.code).toMatch(/^import \{ Run \} from '@prompt-papermill\/core'\n/u)
    expect(found?.line).toBeGreaterThan(20)
  })

  it('of a page are named by the heading above, not by a comment in another block', () => {
    const names = blocksOfPages()
      .filter(({ file, language }) => file === 'README.md' && language === 'yaml')
      .map(({ name }) => name)
    expect(names).toEqual(['Which notebook runs when', 'Do something else than a notebook'])
  })
})

it('a vitest of suites without files says what it said', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'papermill-docs-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }\n')
  const problems = await performSuites(folder)
  expect(problems(join(folder, 'no.test.ts'))[0]).toMatch(/vitest did not find it/u)
})
