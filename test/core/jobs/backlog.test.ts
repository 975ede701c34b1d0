import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { Backlog, type Queued } from '../../../packages/core/src/jobs/backlog.js'

const queued = fc.record({
  rule: fc.constantFrom('a', 'b', 'c'),
  priority: fc.integer({ min: -2, max: 2 }),
})

/** Whose turn it is, found by looking at all. */
function firstOf(jobs: readonly Queued[], closed: string): Queued | undefined {
  const open = jobs.filter(({ rule }) => rule !== closed)
  const highest = Math.max(...open.map(({ priority }) => priority))
  return open.find(({ priority }) => priority === highest)
}

describe('the jobs that wait for their turn', () => {
  it('come by priority, then first come, first served, whatever comes and goes meanwhile', () => {
    const step = fc.oneof(
      { weight: 3, arbitrary: queued },
      fc.record({ closed: fc.constantFrom('a', 'b', 'none') }),
      fc.record({ deleted: fc.nat() }),
    )
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const backlog = new Backlog()
        let jobs: Queued[] = []
        for (const [i, given] of steps.entries()) {
          if ('rule' in given) {
            const job = { ...given, id: String(i) }
            jobs.push(job)
            backlog.add(job)
          } else {
            const gone =
              'closed' in given
                ? firstOf(jobs, given.closed)
                : jobs[given.deleted % Math.max(1, jobs.length)]
            if ('closed' in given) {
              expect(backlog.take((rule) => rule !== given.closed)).toBe(gone?.id)
            } else expect(backlog.delete(gone?.id ?? 'nothing')).toBe(gone !== undefined)
            jobs = jobs.filter((job) => job !== gone)
          }
          expect(backlog.size).toBe(jobs.length)
        }
      }),
    )
  })

  it('are in line once', () => {
    const backlog = new Backlog()
    const job = { id: 'a', rule: 'rule', priority: 0 }
    backlog.add(job)
    backlog.add({ ...job, priority: 5 })
    expect(backlog.size).toBe(1)
    expect(backlog.take(() => true)).toBe('a')
    expect(backlog.take(() => true)).toBe(undefined)
  })
})
