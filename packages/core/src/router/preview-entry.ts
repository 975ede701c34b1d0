import type { ActionResult } from '../actions/action.js'
import type { Job } from '../jobs/job.js'
import { resolveParameters } from '../rules/parameters.js'
import type { Entry, Rule } from '../rules/rule.js'
import type { Run } from '../run/run.js'

/** What an entry of a rule comes to for a run, as far as that is known before it runs. */
export interface EntryPreview {
  /** The entry's name. */
  readonly entry: string
  /** The action's name. */
  readonly action: string
  /** The template's path, where the action runs a notebook. */
  readonly template: string | null
  /** With the run's values in place of references; null if the run lacks one of them. */
  readonly parameters: Readonly<Record<string, unknown>> | null
  /** Set where nothing will run: the run's exit status is not asked for, or a parameter has no value. */
  readonly decided: Job['decided']
}

/**
 * Says what an entry of a rule that matched comes to for a run. While the run has no Run Stop its exit status
 * is not held against it.
 *
 * @throws BlueskyError `bad-option` for parameters that `checkParameters` would refuse.
 * @example
 * ```ts
 * import { defineAction, previewEntry, Run } from '@prompt-papermill/core'
 *
 * const action = defineAction({ name: 'greet', run: async () => ({ state: 'succeeded' }) })
 * const entry = { name: 'greet', action, parameters: { sample: '$start.sample_name' } }
 * const run = new Run('a')
 * run.add({ name: 'start', doc: { uid: 'a', time: 0, sample_name: 'Si' } })
 * const { parameters, decided } = previewEntry(run, { name: 'all', when: {}, entries: [entry] }, entry)
 * console.log(parameters, decided) // { sample: 'Si' } null
 * ```
 */
export function previewEntry(run: Run, rule: Rule, entry: Entry): EntryPreview {
  const parameters = resolveParameters(entry.parameters ?? {}, run)
  return {
    entry: entry.name,
    action: entry.action.name,
    template: entry.template ?? null,
    parameters: parameters.ok ? parameters.values : null,
    decided:
      skipped(run, rule.exitStatus) ?? (parameters.ok ? null : notStarted(parameters.message)),
  }
}

/** The result of a job that lacks what it needs. */
export function notStarted(message: string): Extract<ActionResult, { state: 'failed' }> {
  return { state: 'failed', reason: 'not-started', message }
}

function skipped(run: Run, allowed: readonly string[] | undefined): Job['decided'] {
  if (!allowed || !run.stop) return null
  // what breaks the schema may lack it
  const status = run.stop.exit_status as string | undefined
  if (status !== undefined && allowed.includes(status)) return null
  return {
    state: 'skipped',
    reason: 'exit-status',
    message: `the run ended with ${status ?? 'no exit status'}; analysed is ${allowed.join(', ')}`,
  }
}
