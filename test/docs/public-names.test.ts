import { join } from 'node:path'

import { describe, expect, it } from 'vitest'

import { hasPython, root } from '../support/python.js'
import { mirrorProblems } from './support/mirrors.js'
import { NameChecks } from './support/name-checks.js'
import { readNames, readPackages } from './support/public-names.js'

const { checker, names, missing } = readPackages()
const checks = new NameChecks(checker)

describe.each([...names])('every public name of %s', (_, all) => {
  it('says what it is for', () => {
    expect(checks.withoutSummary(all)).toEqual([])
  })

  it('that is a type says what each of its members is', () => {
    expect(checks.undocumentedMembers(all)).toEqual([])
  })

  it('that is a function, class or constant is shown in an example', () => {
    expect(checks.withoutExample(all)).toEqual([])
  })

  it('that throws says what', () => {
    expect(checks.undocumentedErrors(all)).toEqual([])
  })
})

describe.skipIf(!hasPython)('a public name that Python has too', () => {
  it('names the one that it mirrors, and that one is there', async () => {
    expect(await mirrorProblems(names.get('core') ?? [], checker)).toEqual([])
  })
})

describe('the public names', () => {
  it('are those of all entries of all packages', () => {
    expect(missing).toEqual([])
    expect([...names.keys()]).toEqual(['core', 'papermill-runner', 'worker'])
    const core = names.get('core')?.map(({ name }) => name)
    expect(core).toEqual(
      expect.arrayContaining(['RunRouter', 'validateDocument', 'describeSource']),
    )
  })
})

describe('what is missing in docstrings', () => {
  const sample = join(root, 'test/docs/sample/names.ts')
  const read = readNames(new Map([['sample', [sample]]]))
  const found = read.names.get('sample') ?? []
  const tried = new NameChecks(read.checker)
  const told = (problems: readonly string[]): string[] =>
    problems.map((problem) => problem.replace(/^test\/docs\/sample\/names\.ts:\d+: /u, '')).sort()

  it('is told: summaries of names and of members', () => {
    expect(told(tried.withoutSummary(found))).toEqual(['lacksSummary has no summary'])
    expect(told(tried.undocumentedMembers(found))).toEqual(['LacksMember.second has no summary'])
  })

  it('is told: examples of what runs, and of nothing else', () => {
    expect(told(tried.withoutExample(found))).toEqual([
      'no @example of lacksExample imports it in a ```ts block',
      'the class OwnError has no @example',
      'the class Thrower has no @example',
      'the constant lacksSummary has no @example',
      'the function verify_filled has no @example',
    ])
  })

  it('is told: errors that are thrown, or rejected with, also by what is called at once', () => {
    expect(told(tried.undocumentedErrors(found))).toEqual([
      '@throws of Thrower.atOnce lacks OwnError',
      '@throws of Thrower.untold lacks OwnError',
      '@throws of verify_filled lacks OwnError',
    ])
  })

  it.skipIf(!hasPython)('is told: what a name of Python mirrors', async () => {
    expect(told(await mirrorProblems(found, read.checker))).toEqual([
      "Mirrors mirrors event_model.no_such_thing, which isn't there",
      'verify_filled does not say that it mirrors event_model.verify_filled',
    ])
  })
})
