import {
  type Action,
  type ActionResult,
  type ActionRunner,
  callAction,
  Run,
  silentLogger,
  StopReason,
} from '@prompt-papermill/core'
import { makeJob } from '@prompt-papermill/core/testing'
import { afterEach, describe, expect, it, vi } from 'vitest'

type Work = Parameters<ActionRunner>[0]

/** Calls an action whose `run` is this, whatever it is. */
function call(run: unknown, signal = new AbortController().signal): Promise<ActionResult> {
  const job = makeJob()
  const action = { name: 'test', run } as Action
  const request = { attempt: 1, signal, progress: () => undefined }
  const work: Work = { job, run: Run.fromRecord(job.run), action, request }
  return callAction(work, { resultsDir: '/results', logger: silentLogger })
}

const returning = (value: unknown): Promise<ActionResult> => call(() => value)

/** A signal that is aborted already, and why. */
function aborted(reason?: unknown): AbortSignal {
  const controller = new AbortController()
  controller.abort(reason)
  return controller.signal
}

describe('calling an action', () => {
  it.each<[ActionResult]>([
    [{ state: 'succeeded' }],
    [{ state: 'succeeded', message: 'fine', details: { a: 1 } }],
    [{ state: 'no-data' }],
    [{ state: 'cancelled' }],
    [{ state: 'skipped', reason: 'rule' }],
    [{ state: 'failed', reason: 'cell-error', message: 'x', evidence: { cell: 1 } }],
  ])('gives its result as it is: %o', async (result) => {
    expect(await call(() => Promise.resolve(result))).toBe(result)
  })

  it('takes a result that is not promised, too', async () => {
    expect(await returning({ state: 'succeeded' })).toEqual({ state: 'succeeded' })
  })

  it.each<[unknown, string]>([
    [undefined, 'undefined'],
    [null, 'null'],
    ['ok', '"ok"'],
    [true, 'true'],
    [17, '17'],
    [5n, 'what has no JSON'],
    [Symbol('x'), 'symbol'],
    [() => 1, 'function'],
    [{}, '{}'],
    [[], '[]'],
    [{ state: 'done' }, '{"state":"done"}'],
    [{ state: 'queued' }, '{"state":"queued"}'],
    [{ state: 'running' }, '{"state":"running"}'],
    [{ state: 'failed' }, '{"state":"failed"}'],
    [{ state: 'failed', reason: 'because', message: 'x' }, '"because"'],
    [{ state: 'failed', reason: 'cell-error' }, '"cell-error"'],
    [{ state: 'skipped', reason: 'cell-error' }, '"skipped"'],
    [{ state: 'succeeded', message: 5 }, '"message":5'],
    [{ toJSON: () => undefined }, 'object'],
    [{ text: 'x'.repeat(1000) }, '…'],
  ])('makes a failure of a result that is none: %o', async (value, shown) => {
    const result = await returning(value)
    expect(result).toMatchObject({ state: 'failed', reason: 'not-started' })
    expect(result.message).toContain('the action test returned ')
    expect(result.message).toContain(shown)
    expect(result.message).toContain("it should be { state: 'succeeded' } or the like")
    expect(result.message!.length).toBeLessThan(350)
  })

  it('makes a failure of a result that contains itself', async () => {
    const value: Record<string, unknown> = {}
    value.self = value
    expect((await returning(value)).message).toContain('returned what has no JSON')
  })

  it.each<[unknown, string]>([
    [new Error('no network'), 'no network'],
    [new TypeError('x is undefined'), 'x is undefined'],
    ['a text', 'a text'],
    [new RangeError(), 'RangeError'],
    [undefined, 'it threw undefined'],
    [null, 'it threw null'],
    [{ code: 5 }, 'it threw {"code":5}'],
    [Object.create(null), 'it threw {}'],
  ])('makes a failure of what it throws: %o', async (error, message) => {
    const throwing = (): never => {
      throw error
    }
    const rejecting = async (): Promise<never> => {
      await Promise.resolve()
      throw error
    }
    for (const run of [throwing, rejecting]) {
      const result = await call(run)
      expect(result).toMatchObject({ state: 'failed', reason: 'not-started', message })
    }
  })

  it.each([[undefined], [null], ['text'], [{}]])(
    'makes a failure of a run that is %o',
    async (run) => {
      expect(await call(run)).toMatchObject({ state: 'failed', reason: 'not-started' })
    },
  )

  it('gives what it threw as evidence', async () => {
    const result = await call(() => Promise.reject(new Error('no network')))
    const evidence = 'evidence' in result ? result.evidence : undefined
    expect(evidence?.traceback).toMatch(/^Error: no network\n {4}at /u)
  })
})

describe('an action that is told to end', () => {
  afterEach(() => vi.useRealTimers())

  it.each<[unknown, ActionResult]>([
    [new StopReason('cancelled', 'not needed'), { state: 'cancelled', message: 'not needed' }],
    [
      new StopReason('interrupted', 'the worker stopped'),
      { state: 'failed', reason: 'interrupted', message: 'the worker stopped' },
    ],
    [
      new StopReason('timed-out', 'longer than 30 min'),
      { state: 'failed', reason: 'timed-out', message: 'longer than 30 min' },
    ],
    [new Error('somebody'), { state: 'cancelled', message: 'somebody' }],
    ['a text', { state: 'cancelled', message: 'a text' }],
  ])('and throws for it has ended by the reason: %o', async (reason, expected) => {
    const run = (_: Run, { signal }: { signal: AbortSignal }): Promise<never> => {
      signal.throwIfAborted()
      return Promise.reject(new Error('it should have been aborted'))
    }
    expect(await call(run, aborted(reason))).toEqual(expected)
  })

  it('and has a result all the same keeps it', async () => {
    expect(await call(() => ({ state: 'succeeded' }), aborted())).toEqual({ state: 'succeeded' })
  })

  it('and never does is given up after half a minute', async () => {
    vi.useFakeTimers()
    const controller = new AbortController()
    let result: ActionResult | undefined
    const calling = call(() => new Promise(() => undefined), controller.signal)
    void calling.then((given) => (result = given))
    await vi.advanceTimersByTimeAsync(3_600_000)
    expect(result).toBe(undefined)
    controller.abort(new StopReason('interrupted', 'the worker stopped'))
    await vi.advanceTimersByTimeAsync(29_999)
    expect(result).toBe(undefined)
    await vi.advanceTimersByTimeAsync(1)
    expect(result).toEqual({
      state: 'failed',
      reason: 'interrupted',
      message: 'the worker stopped',
    })
  })

  it('before it began and never ends is given up, too', async () => {
    vi.useFakeTimers()
    const reason = new StopReason('cancelled', 'not needed')
    const calling = call(() => new Promise(() => undefined), aborted(reason))
    await vi.advanceTimersByTimeAsync(30_000)
    expect(await calling).toEqual({ state: 'cancelled', message: 'not needed' })
  })

  it('and fails after it was given up does not end the program', async () => {
    vi.useFakeTimers()
    let fail: (error: Error) => void = () => undefined
    const never = new Promise((_, reject) => (fail = reject))
    const calling = call(() => never, aborted(new StopReason('cancelled', 'x')))
    await vi.advanceTimersByTimeAsync(30_000)
    await calling
    vi.useRealTimers()
    fail(new Error('too late'))
    await new Promise((resolve) => setImmediate(resolve))
  })

  it('leaves no timer and no listener behind when it has ended', async () => {
    vi.useFakeTimers()
    const { signal } = new AbortController()
    const removed = vi.spyOn(signal, 'removeEventListener')
    await call(() => ({ state: 'succeeded' }), signal)
    await call(() => ({ state: 'succeeded' }), aborted())
    expect(removed).toHaveBeenCalledTimes(1)
    expect(vi.getTimerCount()).toBe(0)
  })
})
