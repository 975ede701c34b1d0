import {
  checkPattern,
  defaultPattern,
  type Job,
  resultsPath,
  type RunStart,
} from '@prompt-papermill/core'
import { makeJob, makeRunDocuments } from '@prompt-papermill/core/testing'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { runOf } from '../../support/runs.js'

const root = '/results'
// noon, so that the date is the same in most places
const time = new Date(2026, 10, 3, 12).getTime() / 1000

function jobOf(metadata: Record<string, unknown>, changes: Partial<Job> = {}): Job {
  const uid = '5d8beb4d-8b22-44a9-a1da-0839189a2104'
  const { messages } = makeRunDocuments({ uid, time, plan_name: 'scan', scan_id: 7, metadata })
  const run = runOf(messages)
  return makeJob({ run: { ...run.toRecord(), uid }, rule: 'refl', entry: 'fine', ...changes })
}

describe('the folder of a job', () => {
  it('is by default that of the plan, the local date, the scan, the rule and the entry', () => {
    expect(resultsPath(root, defaultPattern, jobOf({}))).toBe(
      '/results/scan/2026-11-03/7_5d8beb4d/refl/fine',
    )
  })

  it.each([
    ['{data_session}/{plan_name}', '/results/pass-312/scan/refl/fine'],
    ['{data_session}/{rule}/{scan_id}', '/results/pass-312/refl/7/fine'],
    ['{entry}-{rule}/{uid8}', '/results/fine-refl/5d8beb4d'],
    ['{sample.name}/x', '/results/Si/x/refl/fine'],
    ['{a.b}', '/results/dotted/refl/fine'],
    ['{absent}_{uid}', '/results/unknown_5d8beb4d-8b22-44a9-a1da-0839189a2104/refl/fine'],
    ['{sample}', '/results/unknown/refl/fine'],
    ['{date}{date}', '/results/2026-11-032026-11-03/refl/fine'],
    ['plain', '/results/plain/refl/fine'],
  ])('follows the pattern %s', (pattern, path) => {
    checkPattern(pattern)
    const metadata = { data_session: 'pass-312', sample: { name: 'Si' }, 'a.b': 'dotted' }
    expect(resultsPath(root, pattern, jobOf(metadata))).toBe(path)
  })

  it('is there for a run whose start is odd, too', () => {
    const odd = (metadata: Record<string, unknown>): string =>
      resultsPath(root, defaultPattern, jobOf(metadata))
    expect(odd({ time: 'noon' })).toBe('/results/scan/unknown/7_5d8beb4d/refl/fine')
    expect(odd({ time: 1e300 })).toBe('/results/scan/unknown/7_5d8beb4d/refl/fine')
    expect(odd({ plan_name: null, scan_id: undefined })).toBe(
      '/results/unknown/2026-11-03/unknown_5d8beb4d/refl/fine',
    )
    const job = jobOf({})
    const startless = { ...job, run: { ...job.run, start: null } }
    expect(resultsPath(root, defaultPattern, startless)).toBe(
      '/results/unknown/unknown/unknown_5d8beb4d/refl/fine',
    )
  })

  it('takes no part of a document for a pattern or a path', () => {
    const metadata = { plan_name: '{uid}/../../etc', scan_id: '../..' }
    const job = jobOf(metadata)
    expect(resultsPath(root, defaultPattern, job)).toBe(
      '/results/_uid__.._.._etc/2026-11-03/_.._5d8beb4d/refl/fine',
    )
    const run = { ...job.run, uid: '../../../../etc' }
    expect(resultsPath(root, '{uid8}/x', { ...job, run })).toBe('/results/_.._../x/refl/fine')
  })

  it('stays inside the root, whatever the document, rule and entry say', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 30 }),
      fc.constantFrom('..', '../..', '/', '', '.', '../../../../etc', '\0', '{date}'),
    )
    const base = jobOf({})
    const pattern = fc.constantFrom(defaultPattern, '{a}', '{a}{b}/{a}', 'x{a}/..{b}', '.{a}')
    fc.assert(
      fc.property(text, text, text, text, pattern, (a, b, rule, entry, given) => {
        const start = { uid: 'a', time, a, b, plan_name: a, scan_id: b } as unknown as RunStart
        const run = { ...base.run, start }
        const path = resultsPath(root, given, { ...base, run, rule, entry })
        const parts = path.split('/')
        const safe = !parts.includes('..') && !path.includes('\0')
        expect([path.slice(0, 9), safe, parts.length]).toEqual([
          '/results/',
          true,
          given.split('/').length + 4,
        ])
      }),
    )
  })

  it('is absolute also below a relative root', () => {
    expect(resultsPath('results', 'x', jobOf({}))).toBe(`${process.cwd()}/results/x/refl/fine`)
  })
})

describe('a pattern for results', () => {
  it.each(['', '/abs/{uid8}', '../{uid8}', 'a/../b', 'a//b', 'a/', './a', 'a/.', '...', 'a/..'])(
    'may not be %j, which leads elsewhere',
    (pattern) => {
      expect(() => checkPattern(pattern)).toThrow(`"${pattern}" is no pattern for results`)
    },
  )

  it('may have no empty placeholder', () => {
    expect(() => checkPattern('a/{}')).toThrow('has an empty {}; name a Run Start field')
  })
})
