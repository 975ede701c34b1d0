import type { BlueskyError } from '@prompt-papermill/core'
import {
  type CompiledRule,
  compileRules,
  defineAction,
  defineRule,
  type Entry,
  type Rule,
} from '@prompt-papermill/core'
import { makeRunDocuments } from '@prompt-papermill/core/testing'
import { describe, expect, it } from 'vitest'

import { runOf } from '../../support/runs.js'

const action = defineAction({ name: 'note', run: () => Promise.resolve({ state: 'succeeded' }) })
const run = runOf(makeRunDocuments().messages)

function rule(changes: Partial<Rule> = {}): Rule {
  return defineRule({ name: 'rule', when: {}, entries: [], ...changes })
}

function compiling(...rules: Rule[]): () => readonly CompiledRule[] {
  return () => compileRules(rules)
}

function codeOf(make: () => unknown): string {
  try {
    make()
    return 'no error'
  } catch (error) {
    return (error as BlueskyError).code
  }
}

describe('rules', () => {
  it('have names of their own', () => {
    const twice = compiling(rule(), rule({ name: 'other' }), rule())
    expect(twice).toThrow('two rules are named "rule"; rename one')
    expect(codeOf(twice)).toBe('duplicate-name')
    expect(compiling(rule(), rule({ name: 'other' }))().length).toBe(2)
  })

  it('have entries with names of their own, within each rule', () => {
    const entry: Entry = { name: 'fine', action }
    const twice = compiling(rule({ entries: [entry, { ...entry }] }))
    expect(twice).toThrow('rule rule has two entries named "fine"; give one another name')
    expect(codeOf(twice)).toBe('duplicate-name')
    compiling(rule({ entries: [entry] }), rule({ name: 'other', entries: [entry] }))()
  })

  it('are told by their names where they are wrong', () => {
    const query = compiling(rule({ name: 'a', when: { $where: '1' } }))
    expect(query).toThrow('rule a: when: $where')
    expect(codeOf(query)).toBe('bad-query')
    const parameters = compiling(
      rule({ name: 'b', entries: [{ name: 'fine', action, parameters: { p: '$nope' } }] }),
    )
    expect(parameters).toThrow('rule b, entry fine: the parameter p: "$nope" is no reference')
    expect(codeOf(parameters)).toBe('bad-option')
  })

  it('want documents if one of their entries does', () => {
    const wants = (changes: Partial<Rule>): boolean => compiling(rule(changes))()[0]!.wantsDocuments
    const entries = [{ name: 'a', action }]
    expect(wants({ entries })).toBe(false)
    expect(wants({ entries: [...entries, { name: 'b', action, documents: true }] })).toBe(true)
    expect(wants({ entries: () => Promise.resolve([]) })).toBe(false)
    expect(wants({ entries: () => Promise.resolve([]), documents: true })).toBe(true)
  })

  it('may have entries that depend on the run, which are checked when they are made', async () => {
    const made = async (...entries: Entry[]): Promise<readonly Entry[]> =>
      compiling(rule({ entries: () => Promise.resolve(entries) }))()[0]!.entriesOf(run)
    expect(await made({ name: 'a', action })).toEqual([{ name: 'a', action }])
    await expect(made({ name: 'a', action }, { name: 'a', action })).rejects.toThrow(
      'rule rule has two entries named "a"',
    )
    await expect(made({ name: 'a', action, parameters: { p: '$x' } })).rejects.toThrow(
      'rule rule, entry a: the parameter p',
    )
  })
})
