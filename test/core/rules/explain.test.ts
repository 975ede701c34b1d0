import {
  compileRules,
  explain,
  type Query,
  Run,
  type RuleExplanation,
} from '@prompt-papermill/core'
import { makeRunDocuments } from '@prompt-papermill/core/testing'
import { describe, expect, it } from 'vitest'

import { runOf } from '../../support/runs.js'

const metadata = { sample: { thickness: 3 }, layers: [{ nm: 5 }, { nm: 2 }], 'a.b': 7, none: null }
const { messages } = makeRunDocuments({ plan_name: 'scan', metadata })
const run = runOf(messages)
const open = runOf(messages.slice(0, -1))

function explained(when: Query, of = run): RuleExplanation {
  return explain({ name: 'rule', when, entries: [] }, of)
}

describe('an explanation', () => {
  it('says of each clause what was asked, what was found and whether it matched', () => {
    const when = { plan_name: 'scan', 'sample.thickness': { $gt: 5 }, 'run.complete': true }
    expect(explained(when)).toEqual({
      rule: 'rule',
      matched: false,
      clauses: [
        { clause: { plan_name: 'scan' }, matched: true, found: 'scan' },
        { clause: { 'sample.thickness': { $gt: 5 } }, matched: false, found: 3 },
        { clause: { 'run.complete': true }, matched: true, found: true },
      ],
    })
  })

  it('takes the operators of one key apart, but for those that belong together', () => {
    const when = {
      'sample.thickness': { $gt: 1, $lt: 2 },
      plan_name: { $regex: '^SC', $options: 'i' },
    }
    const { clauses } = explained(when)
    expect(clauses.map(({ clause, matched }) => [clause, matched])).toEqual([
      [{ 'sample.thickness': { $gt: 1 } }, true],
      [{ 'sample.thickness': { $lt: 2 } }, false],
      [{ plan_name: { $regex: '^SC', $options: 'i' } }, true],
    ])
  })

  it('goes into the clauses of a clause', () => {
    const when = { $or: [{ plan_name: 'count' }, { 'sample.thickness': 3, scan_id: 2 }] }
    expect(explained(when).clauses).toEqual([
      {
        clause: when,
        matched: false,
        found: null,
        clauses: [
          { clause: { plan_name: 'count' }, matched: false, found: 'scan' },
          { clause: { 'sample.thickness': 3 }, matched: true, found: 3 },
          { clause: { scan_id: 2 }, matched: false, found: 1 },
        ],
      },
    ])
  })

  it('finds null for what is not there, and what is null', () => {
    const found = explained({ absent: 1, none: 1, 'plan_name.length': 4 }).clauses
    expect(found.map((clause) => clause.found)).toEqual([null, null, null])
  })

  it('finds what is in the elements of a list, and under a key with dots', () => {
    const { clauses } = explained({ 'layers.nm': 2, 'layers.0.nm': 5, 'a.b': 7 })
    expect(clauses.map(({ found, matched }) => [found, matched])).toEqual([
      [[5, 2], true],
      [5, true],
      [7, true],
    ])
  })

  it('is open where it depends on the stop', () => {
    expect(explained({ plan_name: 'scan', 'stop.exit_status': 'success' }, open)).toEqual({
      rule: 'rule',
      matched: null,
      clauses: [
        { clause: { plan_name: 'scan' }, matched: true, found: 'scan' },
        { clause: { 'stop.exit_status': 'success' }, matched: null, found: null },
      ],
    })
  })

  it('takes rules that were compiled too', () => {
    const [compiled] = compileRules([{ name: 'compiled', when: {}, entries: [] }])
    expect(explain(compiled!, new Run('a'))).toEqual({
      rule: 'compiled',
      matched: true,
      clauses: [],
    })
  })

  it('refuses a rule that can not be compiled, and says which', () => {
    const rule = { name: 'broken', when: { $where: '1' }, entries: [] }
    expect(() => explain(rule, run)).toThrow("rule broken: when: $where can't be used")
  })
})
