import type { Action, ActionContext, ActionResult } from '../actions/action.js'
import type { DocumentMessage } from '../documents/messages.js'
import { toLosslessJson } from '../documents/values/lossless-json.js'
import { withoutUndefined } from '../on-disk/without-undefined.js'
import { StopReason } from '../jobs/job-queue.js'
import { callAction, silentLogger } from '../router/run-action.js'
import { Run } from '../run/run.js'
import { makeJob } from './make-job.js'
import { makeRunDocuments } from './make-run-documents.js'
import type { TestFunctions } from './test-functions.js'

/** An action, and what it needs to be tried. */
export interface ActionUnderTest {
  /** The action; it may be the same one in all tests. */
  readonly action: Action
  /** Makes an empty folder for one attempt. */
  readonly makeResultsDir: () => Promise<string>
  /**
   * The run's documents.
   *
   * @defaultValue those of `makeRunDocuments()`
   */
  readonly messages?: readonly DocumentMessage[]
  /**
   * The entry's parameters.
   *
   * @defaultValue none
   */
  readonly parameters?: Readonly<Record<string, unknown>>
  /**
   * How the action ends for that run.
   *
   * @defaultValue `'succeeded'`
   */
  readonly state?: ActionResult['state']
  /**
   * Milliseconds within which it must have ended after it was told to.
   *
   * @defaultValue 5000
   */
  readonly ending?: number
}

/**
 * The contract of an {@link Action} as a suite: it has a name, ends with a result that a manifest can hold,
 * can be at work twice at once, and ends soon when it is told to.
 *
 * @param test - the test framework's functions
 * @param name - what the suite calls the action
 * @param open - makes the action for each test.
 * @example
 * ```ts
 * import { mkdtemp } from 'node:fs/promises'
 * import { defineAction } from '@prompt-papermill/core'
 * import { describeAction } from '@prompt-papermill/core/testing'
 * import { describe, expect, it } from 'vitest'
 *
 * const action = defineAction({ name: 'note', run: async () => ({ state: 'succeeded' }) })
 * describeAction({ describe, expect, it }, 'note', () => ({
 *   action,
 *   makeResultsDir: () => mkdtemp('/tmp/note-'),
 * }))
 * ```
 */
export function describeAction(
  { describe, expect, it }: TestFunctions,
  name: string,
  open: () => ActionUnderTest | Promise<ActionUnderTest>,
): void {
  describe(`the action ${name} keeps the contract of actions`, () => {
    it('has a name', async () => {
      const { action } = await open()
      expect(typeof action.name === 'string' && action.name !== '').toBe(true)
    })

    it('ends as it should, with a result that a manifest can hold', async () => {
      const under = await open()
      const result = await perform(under)
      expect(result.state).toBe(under.state ?? 'succeeded')
      expect(toLosslessJson(withoutUndefined(result)) !== '').toBe(true)
    })

    it('can be at work twice at once', async () => {
      const under = await open()
      const results = await Promise.all([perform(under), perform(under)])
      const wanted = under.state ?? 'succeeded'
      expect(results.map(({ state }) => state)).toEqual([wanted, wanted])
    })

    it('ends soon when it is told to', async () => {
      const under = await open()
      const controller = new AbortController()
      const began = performance.now()
      const performing = perform(under, controller.signal)
      controller.abort(new StopReason('cancelled', 'the contract suite cancels it'))
      const { state } = await performing
      expect(state === 'cancelled' || state === (under.state ?? 'succeeded')).toBe(true)
      expect(performance.now() - began < (under.ending ?? 5000)).toBe(true)
    })
  })
}

async function perform(
  {
    action,
    makeResultsDir,
    messages = makeRunDocuments().messages,
    parameters = {},
  }: ActionUnderTest,
  signal: AbortSignal = new AbortController().signal,
): Promise<ActionResult> {
  const start = messages.find((message) => message.name === 'start')
  const run = new Run(start ? start.doc.uid : '')
  for (const message of messages) run.add(message)
  const job = makeJob({ run: run.toRecord(), action: action.name, parameters })
  const request = { attempt: 1, signal, progress: () => undefined }
  const place: Pick<ActionContext, 'resultsDir' | 'logger'> = {
    resultsDir: await makeResultsDir(),
    logger: silentLogger,
  }
  return callAction({ job, run, action, request }, place)
}
