import {
  type Action,
  type ActionResult,
  defineAction,
  type FailureReason,
  type RunStart,
} from '@prompt-papermill/core'
import { describe, expect, expectTypeOf, it } from 'vitest'

describe('the types of an action', () => {
  it('are those of a plain object, so that a module can export one without importing anything', () => {
    const plain = { name: 'plain', run: () => Promise.resolve({ state: 'succeeded' as const }) }
    expectTypeOf(plain).toExtend<Action>()
    expect(defineAction(plain)).toBe(plain)
  })

  it('know the run, its start and the context', () => {
    defineAction({
      name: 'typed',
      run(run, { signal, parameters, documents, progress }) {
        expectTypeOf(run.start).toEqualTypeOf<RunStart>()
        expectTypeOf(signal).toEqualTypeOf<AbortSignal>()
        expectTypeOf(parameters).toEqualTypeOf<Readonly<Record<string, unknown>>>()
        expectTypeOf(documents).toEqualTypeOf<string | undefined>()
        progress({ step: 1, of: 2, event: 'started' })
        return Promise.resolve({ state: 'no-data' })
      },
    })
  })

  it('refuse results that are none', () => {
    // @ts-expect-error no state of that name
    defineAction({ name: 'a', run: () => Promise.resolve({ state: 'done' }) })
    // @ts-expect-error a failure has a reason and a message
    defineAction({ name: 'a', run: () => Promise.resolve({ state: 'failed' }) })
    // @ts-expect-error nothing is no result
    defineAction({ name: 'a', run: () => Promise.resolve() })
    // @ts-expect-error an action has a name
    defineAction({ run: () => Promise.resolve({ state: 'succeeded' }) })
  })

  it('tell results apart by their state', () => {
    const narrow = (result: ActionResult): string | undefined => {
      // @ts-expect-error not every result has a reason
      const reason: unknown = result.reason
      if (reason === undefined) return undefined
      if (result.state === 'failed') {
        expectTypeOf(result.reason).toEqualTypeOf<FailureReason>()
        expectTypeOf(result.message).toEqualTypeOf<string>()
        return result.evidence?.traceback
      }
      return result.message
    }
    expect(narrow({ state: 'failed', reason: 'cell-error', message: 'x' })).toBe(undefined)
    expect(narrow({ state: 'succeeded' })).toBe(undefined)
  })
})
