import { expect, it } from 'vitest'

import { Probe } from '../../../packages/worker/src/health/probe.ts'

/** A try that a test answers. */
function heldTry() {
  const answers: ((trouble: string | null) => void)[] = []
  const attempt = (): Promise<string | null> => new Promise((resolve) => answers.push(resolve))
  return { attempt, answers }
}

it('a probe that gets no answer in time says so, and is not tried twice at once', async () => {
  const { attempt, answers } = heldTry()
  const probe = new Probe('the results folder /data', attempt, { limit: 20, fresh: 0 })
  expect(await Promise.all([probe.look(), probe.look()])).toEqual(
    Array(2).fill(
      'the results folder /data gives no answer within 0.02 s; is its disk or server away?',
    ),
  )
  await probe.look()
  expect(answers).toHaveLength(1)
  answers[0]!(null)
  const again = probe.look()
  expect(answers).toHaveLength(1)
  expect(await again).toBe(null)
  expect(probe.trouble).toBe(null)
})

it('a probe’s answer is given once more while it is fresh', async () => {
  let tries = 0
  const attempt = (): Promise<string> => Promise.resolve(`full ${(tries += 1)}`)
  const probe = new Probe('a disk', attempt, { fresh: 60_000 })
  expect([await probe.look(), await probe.look()]).toEqual(['full 1', 'full 1'])
  const always = new Probe('a disk', attempt, { fresh: 0 })
  expect([await always.look(), await always.look()]).toEqual(['full 2', 'full 3'])
})

it('a probe whose try throws says what it threw', async () => {
  const probe = new Probe('a disk', () => Promise.reject(new Error('EIO')))
  expect(await probe.look()).toBe("a disk can't be looked at: EIO")
})
