import type { Job } from '../jobs/job.js'
import { jobId } from '../jobs/job-id.js'
import { explain, type RuleExplanation } from '../rules/explain.js'
import { type CompiledRule, type Entry, type Rule, waitOf, wantsDocuments } from '../rules/rule.js'
import type { Run } from '../run/run.js'
import { notStarted, previewEntry } from './preview-entry.js'
import type { SpooledRun } from './spool.js'

/** What was decided for a run, and why. */
export interface Decision {
  /** The run, with its Run Start and Run Stop. */
  readonly run: Run
  /** Every rule, matched or not. */
  readonly rules: readonly RuleExplanation[]
  /** One job for each entry of each rule that matched. */
  readonly jobs: readonly Job[]
}

/**
 * Decides, once a run has stopped, what is to be done for it. A rule whose entries can't be told keeps
 * nothing from the others.
 *
 * @param spooled - the run's documents, or null if they were not kept; finished if an entry asks for
 *   them, else discarded.
 * @param failed - told why the entries of a rule can't be told, or documents not be thrown away.
 * @throws BlueskyError as {@link resolveParameters}, for a rule that {@link compileRules} has not checked.
 * @example
 * ```ts
 * import { compileRules, decide, defineAction, Run } from '@prompt-papermill/core'
 * import { makeRunDocuments } from '@prompt-papermill/core/testing'
 *
 * const action = defineAction({ name: 'note', run: async () => ({ state: 'succeeded' }) })
 * const rules = compileRules([{ name: 'all', when: {}, entries: [{ name: 'note', action }] }])
 * const { uid, messages } = makeRunDocuments()
 * const run = new Run(uid)
 * for (const message of messages) run.add(message)
 * const { jobs } = await decide(run, rules, null, console.error)
 * console.log(jobs.map(({ rule, entry }) => [rule, entry])) // [ [ 'all', 'note' ] ]
 * ```
 */
export async function decide(
  run: Run,
  rules: readonly CompiledRule[],
  spooled: SpooledRun | null,
  failed: (error: unknown) => void,
): Promise<Decision> {
  const explanations = rules.map((rule) => explain(rule, run))
  const matched = rules.filter((_, i) => explanations[i]?.matched === true)
  const chosen = (await Promise.all(matched.map((rule) => entriesOf(rule, run, failed)))).flat()
  const wanted = chosen.some(({ entry }) => wantsDocuments(entry))
  const documents = wanted ? await finish(spooled) : null
  if (!wanted) await spooled?.discard().catch(failed)
  const jobs = await Promise.all(
    chosen.map(({ rule, entry }) => makeJob(run, rule, entry, documents)),
  )
  return { run, rules: explanations, jobs }
}

interface Chosen {
  readonly rule: Rule
  readonly entry: Entry
}

async function entriesOf(
  compiled: CompiledRule,
  run: Run,
  failed: (error: unknown) => void,
): Promise<readonly Chosen[]> {
  try {
    return (await compiled.entriesOf(run)).map((entry) => ({ rule: compiled.rule, entry }))
  } catch (error) {
    failed(error)
    return []
  }
}

/** The file with a run's documents, or why there is none. */
type Documents = { readonly path: string } | { readonly message: string }

async function finish(spooled: SpooledRun | null): Promise<Documents> {
  if (!spooled) return { message: "the run's documents were not kept" }
  try {
    return { path: await spooled.finish() }
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    return { message: `the run's documents could not be kept: ${why}` }
  }
}

async function makeJob(run: Run, rule: Rule, entry: Entry, kept: Documents | null): Promise<Job> {
  const { parameters, decided, ...named } = previewEntry(run, rule, entry)
  const documents = wantsDocuments(entry) ? kept : null
  const wait = waitOf(rule, entry)
  return {
    ...named,
    id: await jobId(run.uid, rule.name, entry.name),
    run: run.toRecord(),
    rule: rule.name,
    parameters: parameters ?? {},
    documents: documents && 'path' in documents ? documents.path : null,
    retry: entry.retry ?? null,
    priority: rule.priority ?? 0,
    wait: wait && { ...wait, for: wait.for.name },
    queuedAt: new Date().toISOString(),
    decided:
      decided ??
      (documents && 'message' in documents && entry.documents === true
        ? notStarted(documents.message)
        : null),
  }
}
