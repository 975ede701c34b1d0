import { defineAction, type Rule } from '@prompt-papermill/core'
import { describe, expect, it } from 'vitest'

import { makeConfig } from '../../../packages/worker/src/config/load.js'
import type { ConfigGiven } from '../../../packages/worker/src/config/schema.js'
import { makeRules } from '../../../packages/worker/src/rules/make-rules.js'

type RuleGiven = NonNullable<ConfigGiven['rules']>[number]

function ruleOf(given: Partial<RuleGiven>, config: Partial<ConfigGiven> = {}): Rule {
  const action = defineAction({ name: 'act', run: () => Promise.resolve({ state: 'succeeded' }) })
  const rule = { name: 'rule', when: {}, actions: [{ use: 'act' }], ...given }
  const whole = { templates: '/t', results: '/r', actions: { act: '/act.js' }, ...config }
  const rules = makeRules(
    makeConfig({ ...whole, rules: [rule] }, '/etc/pp/worker.yml'),
    new Map([['act', action]]),
  )
  return rules[0] as Rule
}

describe('a rule of the config', () => {
  it('has its priority and its limit', () => {
    expect(ruleOf({ priority: -3, concurrency: 2 })).toMatchObject({ priority: -3, concurrency: 2 })
    expect(() => ruleOf({ concurrency: 0 })).toThrow('rules[0].concurrency')
    expect(() => ruleOf({ priority: 1.5 })).toThrow('rules[0].priority')
  })

  it('waits as it says, and else as the config says', () => {
    const wait = { http: 'http://localhost/ready', limit: '1h' }
    expect(ruleOf({ wait }, { wait: { every: '3s', limit: '1m' } }).wait).toMatchObject({
      every: 3000,
      factor: 2,
      longest: 30_000,
      limit: 3_600_000,
      for: { name: 'probe http://localhost/ready' },
    })
  })

  it('has entries that wait for something else', () => {
    const { wait, entries } = ruleOf({
      wait: { file: '/data/a' },
      notebooks: [{ template: 'a.ipynb', wait: { file: '/data/b' } }, { template: 'c.ipynb' }],
      actions: [{ use: 'act', wait: { command: ['./ready.sh'] } }],
    })
    const waits = Array.isArray(entries)
      ? (entries as Rule[]).map((entry) => entry.wait?.for.name)
      : []
    expect(wait?.for.name).toBe('file /data/a')
    expect(waits).toEqual(['file /data/b', undefined, 'command ready.sh'])
  })

  it('waits for several things', () => {
    const all = [{ file: '/data/a' }, { http: 'http://localhost/' }]
    expect(ruleOf({ wait: { all, every: '2s' } }).wait).toMatchObject({
      every: 2000,
      for: { name: 'file /data/a and probe http://localhost/' },
    })
  })

  it.each([
    [{}, 'it waits for one of file, http, command, tiled; it has none of them'],
    [{ file: '/a', http: 'http://b/' }, 'it has file and http'],
    [{ file: '/a', timeout: '1s' }, '"timeout" means nothing to file'],
    [{ all: [{ file: '/a' }], stable: '1s' }, '"stable" stands beside "all"; write it inside'],
    [{ file: '$start.path' }, 'say under wait.roots'],
    [{ http: 'localhost/ready' }, 'whose host is written out'],
  ])('that waits for %j is refused, with its place', (wait, message) => {
    expect(() => ruleOf({ wait })).toThrow(`/etc/pp/worker.yml: rules[0].wait: `)
    expect(() => ruleOf({ wait })).toThrow(message)
    expect(() => ruleOf({ actions: [{ use: 'act', wait }] })).toThrow('rules[0].actions[0].wait: ')
  })

  it.each([
    [{ file: '/a', every: '1ms' }, 'rules[0].wait.every: must be at least 100ms'],
    [{ file: '/a', factor: 0.5 }, 'rules[0].wait.factor'],
    [{ fil: '/a' }, 'rules[0].wait.fil: unknown key; did you mean "file"?'],
  ])('that waits for %j is no config', (wait, message) => {
    expect(() => ruleOf({ wait: wait as never })).toThrow(message)
  })
})

describe('the retries of the config', () => {
  const retryOf = (retry: ConfigGiven['retry']) =>
    makeConfig({ templates: '/t', results: '/r', ...(retry ? { retry } : {}) }).retry

  it('wait longer from one to the next, as they say', () => {
    expect(retryOf({ factor: 2, longest: '5m' })).toEqual({
      attempts: 2,
      on: ['kernel-died'],
      delay: 10_000,
      factor: 2,
      longest: 300_000,
    })
  })

  it('are for each reason what it says', () => {
    const on = { 'kernel-died': {}, 'out-of-memory': { attempts: 3, delay: '5m' } } as const
    expect(retryOf({ on })).toMatchObject({
      on: { 'kernel-died': {}, 'out-of-memory': { attempts: 3, delay: 300_000 } },
    })
    expect(() => retryOf({ on: { odd: {} } as never })).toThrow('retry.on')
    expect(() => retryOf({ on: { 'timed-out': { attempt: 3 } } as never })).toThrow(
      'retry.on.timed-out.attempt: unknown key; did you mean "attempts"?',
    )
  })
})
