import type { ActionResult } from '../actions/action.js'
import type { Job } from '../jobs/job.js'
import { jobId } from '../jobs/job-id.js'
import { explain, type RuleExplanation } from '../rules/explain.js'
import { resolveParameters } from '../rules/parameters.js'
import type { CompiledRule, Entry, Rule } from '../rules/rule.js'
import type { Run } from '../run/run.js'
import type { SpooledRun } from './spool.js'

/** What was decided for a run, and why. */
export interface Decision {
  readonly run: Run
  /** Every rule, matched or not. */
  readonly rules: readonly RuleExplanation[]
  /** One job for each entry of each rule that matched. */
  readonly jobs: readonly Job[]
}

/**
 * Decides, once a run has stopped, what is to be done for it.
 *
 * @param spooled - the run's documents, or null if they were not kept; finished if an entry asks for
 *   them, else discarded.
 */
export async function decide(
  run: Run,
  rules: readonly CompiledRule[],
  spooled: SpooledRun | null,
): Promise<Decision> {
  const explanations = rules.map((rule) => explain(rule, run))
  const matched = rules.filter((_, i) => explanations[i]?.matched === true)
  const chosen = (
    await Promise.all(
      matched.map(async (rule) =>
        (await rule.entriesOf(run)).map((entry) => ({ rule: rule.rule, entry })),
      ),
    )
  ).flat()
  const wanted = chosen.some(({ entry }) => entry.documents === true)
  if (!wanted) await spooled?.discard()
  const documents = wanted && spooled ? await spooled.finish() : null
  const jobs = await Promise.all(
    chosen.map(({ rule, entry }) => makeJob(run, rule, entry, documents)),
  )
  return { run, rules: explanations, jobs }
}

async function makeJob(run: Run, rule: Rule, entry: Entry, documents: string | null): Promise<Job> {
  const parameters = resolveParameters(entry.parameters ?? {}, run)
  const wanted = entry.documents === true
  return {
    id: await jobId(run.uid, rule.name, entry.name),
    run: run.toRecord(),
    rule: rule.name,
    entry: entry.name,
    action: entry.action.name,
    template: entry.template ?? null,
    parameters: parameters.ok ? parameters.values : {},
    documents: wanted ? documents : null,
    retry: entry.retry ?? null,
    queuedAt: new Date().toISOString(),
    decided:
      skipped(run, rule.exitStatus) ??
      (parameters.ok ? null : notStarted(parameters.message)) ??
      (wanted && documents === null ? notStarted("the run's documents were not kept") : null),
  }
}

function skipped(run: Run, allowed: readonly string[] | undefined): Job['decided'] {
  const status = run.stop?.exit_status
  if (!allowed || (status !== undefined && allowed.includes(status))) return null
  return {
    state: 'skipped',
    reason: 'exit-status',
    message: `the run ended with ${status ?? 'no exit status'}; analysed is ${allowed.join(', ')}`,
  }
}

function notStarted(message: string): Extract<ActionResult, { state: 'failed' }> {
  return { state: 'failed', reason: 'not-started', message }
}
