import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { hasPython } from '../support/python.js'
import { blocksOfDocstrings, blocksOfPages } from './support/blocks.js'
import { type Example, examplesOf } from './support/example.js'
import { perform } from './support/perform.js'
import { atMost } from './support/at-most.js'
import { serverOf } from './support/servers.js'
import { performSuites } from './support/suites.js'
import { Surroundings } from './support/surroundings.js'
import { canShare, performTogether } from './support/together.js'
import { typeCheck } from './support/type-check.js'
import { Workshop } from './support/workshop.js'

const examples = examplesOf([...blocksOfPages(), ...blocksOfDocstrings()])
const suites = examples.filter(({ manner }) => manner.kind === 'suite')

let workshop: Workshop
let problemsOf: (file: string) => readonly string[]
let suiteProblems: Promise<(file: string) => readonly string[]>
let together: ReturnType<typeof performTogether>
/** Each takes a core for most of its time. */
const aFew = atMost(3)

beforeAll(async () => {
  workshop = await Workshop.open(examples, await Surroundings.open())
  const sharing = examples.filter(canShare)
  together = performTogether(new Map(sharing.map((each) => [each, workshop.bench(each)])))
  const typed = examples.filter(({ isTypeScript }) => isTypeScript)
  problemsOf = typeCheck(typed.map((example) => workshop.bench(example).shown))
  suiteProblems = performSuites(workshop.folder)
  // told by the tests of the suites
  suiteProblems.catch(() => undefined)
}, 120_000)

afterAll(() => workshop.close())

/** What is wrong with an example: what the compiler says, or else what comes of running it. */
async function problems(example: Example): Promise<readonly string[]> {
  const bench = workshop.bench(example)
  const wrong = example.isTypeScript ? problemsOf(bench.shown) : []
  // those that need a server of their own are run by server-examples.test.ts
  if (wrong.length > 0 || serverOf(example)) return wrong
  switch (example.manner.kind) {
    case 'no-run':
      return []
    case 'suite':
      return (await suiteProblems)(bench.shown)
    case 'ends':
    case 'keeps-running':
      return (await together)(example) ?? aFew(() => perform(example, bench))
  }
}

/** Python is what the proxy and the notebooks run in. */
function needsPython({ code }: Example): boolean {
  return /localhost:557\d|papermill-runner|\/worker'/u.test(code)
}

function noteOn(example: Example): string {
  const server = serverOf(example)
  if (server) return ` (compiled; run with ${server.name} elsewhere)`
  const { manner } = example
  return manner.kind === 'no-run' ? ` (compiled, not run: ${manner.reason})` : ''
}

describe.concurrent('the examples that are shown', () => {
  for (const example of examples) {
    const { file, name } = example
    const note = noteOn(example)
    it.skipIf(needsPython(example) && !hasPython)(
      `${file} > ${name}${note}`,
      async () => {
        expect(await problems(example), `${file}:${example.line}`).toEqual([])
      },
      120_000,
    )
  }
})

describe('the examples', () => {
  it('are found: those of docstrings, pages and suites', () => {
    expect(examples.length).toBeGreaterThan(90)
    expect(suites.length).toBeGreaterThan(0)
    expect(examples.map(({ file }) => file)).toEqual(
      expect.arrayContaining(['README.md', 'packages/core/README.md']),
    )
  })

  it('are run, all of them', () => {
    expect(examples.filter(({ manner }) => manner.kind === 'no-run')).toEqual([])
  })
})
