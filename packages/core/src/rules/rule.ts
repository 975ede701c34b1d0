import type { Action, RetryOptions } from '../actions/action.js'
import { type Wait, waitDefaults } from '../actions/readiness.js'
import { BlueskyError } from '../errors/bluesky-error.js'
import type { Run } from '../run/run.js'
import { checkParameters, type ParameterTemplate } from './parameters.js'
import { type CompiledQuery, compileQuery, type Query } from './query.js'

/** One thing to do under a rule: a notebook or another action, with its parameters. */
export interface Entry {
  /** Unique in its rule. */
  readonly name: string
  /** What is done. */
  readonly action: Action
  /** What the action is given, with references to the run's documents. Absent: none. */
  readonly parameters?: ParameterTemplate
  /**
   * Whether the action wants the run's documents as a JSONL file. `if-kept`: it goes without where they were
   * not kept, as those of a run that was open when the worker was started again.
   */
  readonly documents?: boolean | 'if-kept'
  /** The template's path, where the action runs a notebook: for people and the ledger. */
  readonly template?: string
  /** When a failed attempt is tried again; absent: as the queue does by default. */
  readonly retry?: RetryOptions | undefined
  /** What its jobs wait for before they run; absent: what the rule waits for. */
  readonly wait?: Wait | undefined
}

/** Which entries a rule has for a run, where that depends on the run. */
export type EntriesOf = (run: Run) => Promise<readonly Entry[]>

/** When to act, and what to do then. */
export interface Rule {
  /** Unique among the rules. */
  readonly name: string
  /** Which runs; see {@link Query}. It means exactly what it says. */
  readonly when: Query
  /**
   * Exit statuses of the runs that are analysed. A matching run with another one leaves its jobs as
   * `skipped (exit-status)`, so that people see that it was meant to be. Absent: any.
   */
  readonly exitStatus?: readonly ('success' | 'abort' | 'fail')[]
  /** What is done for a run that matches: each entry makes one job. A function says so for each run. */
  readonly entries: readonly Entry[] | EntriesOf
  /** With entries that depend on the run: whether one of them may want the documents. */
  readonly documents?: boolean
  /** Whose jobs go first where several are queued: the higher. Absent: 0. */
  readonly priority?: number | undefined
  /** How many of its jobs run at once; absent: as many as the queue allows. */
  readonly concurrency?: number | undefined
  /** What its jobs wait for before they run; absent: nothing. */
  readonly wait?: Wait | undefined
}

/** A rule that was checked and is ready to be asked. */
export interface CompiledRule {
  /** The rule as it was given. */
  readonly rule: Rule
  /** Its `when`. */
  readonly query: CompiledQuery
  /** Whether the run's documents must be kept while the rule may still match. */
  readonly wantsDocuments: boolean
  /** The rule's entries for a run. */
  entriesOf(run: Run): Promise<readonly Entry[]>
}

/**
 * Gives a rule its types: returns what it is given.
 *
 * @example
 * ```ts
 * import { defineAction, defineRule } from '@prompt-papermill/core'
 *
 * const greet = defineAction({ name: 'greet', run: async () => ({ state: 'succeeded' }) })
 * export const rule = defineRule({
 *   name: 'long-scans',
 *   when: { plan_name: 'scan', 'run.duration': { $gt: 60 } },
 *   entries: [{ name: 'greet', action: greet }],
 * })
 * ```
 */
export function defineRule(rule: Rule): Rule {
  return rule
}

/**
 * Checks a rule and makes it ready.
 *
 * @throws BlueskyError `bad-query`, `bad-option` or `duplicate-name`, naming the rule.
 * @example
 * ```ts
 * import { compileRule, Run } from '@prompt-papermill/core'
 *
 * const rule = compileRule({ name: 'counts', when: { plan_name: 'count' }, entries: [] })
 * const run = new Run('a')
 * run.add({ name: 'start', doc: { uid: 'a', time: 0, plan_name: 'count' } })
 * console.log(rule.query(run).matched) // true
 * ```
 */
export function compileRule(rule: Rule): CompiledRule {
  const { name, when, entries } = rule
  checkOperating(rule)
  const query = named(name, () => compileQuery(when))
  if (typeof entries === 'function') {
    const entriesOf = async (run: Run): Promise<readonly Entry[]> => {
      const made = await entries(run)
      checkEntries(name, made)
      return made
    }
    return { rule, query, wantsDocuments: rule.documents ?? false, entriesOf }
  }
  checkEntries(name, entries)
  return {
    rule,
    query,
    wantsDocuments: entries.some(wantsDocuments),
    entriesOf: () => Promise.resolve(entries),
  }
}

/** Checks that entries have names of their own, and parameters that can be read. */
function checkEntries(rule: string, entries: readonly Entry[]): void {
  const seen = new Set<string>()
  for (const { name, parameters } of entries) {
    if (seen.has(name)) {
      throw new BlueskyError(
        'duplicate-name',
        `rule ${rule} has two entries named "${name}"; give one another name`,
      )
    }
    seen.add(name)
    named(`${rule}, entry ${name}`, () => checkParameters(parameters ?? {}))
  }
}

function checkOperating({ name, priority = 0, concurrency = 1 }: Rule): void {
  if (!Number.isFinite(priority)) {
    throw new BlueskyError('bad-option', `rule ${name}: the priority must be a number`)
  }
  if (!Number.isSafeInteger(concurrency) || concurrency < 1) {
    const message = `rule ${name}: the concurrency must be a whole number, at least 1; it is ${concurrency}`
    throw new BlueskyError('bad-option', message)
  }
}

/**
 * How many jobs of each rule may run at once, for those that say so: what a queue is limited by.
 *
 * @example
 * ```ts
 * import { ruleLimits } from '@prompt-papermill/core'
 *
 * console.log(ruleLimits([{ name: 'slow', when: {}, entries: [], concurrency: 1 }])) // { slow: 1 }
 * ```
 */
export function ruleLimits(rules: readonly Rule[]): Readonly<Record<string, number>> {
  return Object.fromEntries(
    rules.flatMap(({ name, concurrency }) =>
      concurrency === undefined ? [] : [[name, concurrency]],
    ),
  )
}

/** What an entry's jobs wait for before they run, with its whole schedule; null: nothing. */
export function waitOf(rule: Rule, entry: Entry): Required<Wait> | null {
  const wait = entry.wait ?? rule.wait
  return wait ? { ...waitDefaults, ...wait } : null
}

/** Whether an entry wants its run's documents, be it only if they were kept. */
export function wantsDocuments({ documents }: Entry): boolean {
  return documents === true || documents === 'if-kept'
}

/**
 * Checks rules together.
 *
 * @throws BlueskyError as {@link compileRule}, and `duplicate-name` for two rules of one name.
 * @example
 * ```ts
 * import { compileRules } from '@prompt-papermill/core'
 *
 * try {
 *   compileRules([
 *     { name: 'counts', when: {}, entries: [] },
 *     { name: 'counts', when: {}, entries: [] },
 *   ])
 * } catch (error) {
 *   console.log((error as Error).message) // two rules are named "counts"; rename one
 * }
 * ```
 */
export function compileRules(rules: readonly Rule[]): readonly CompiledRule[] {
  const names = new Set<string>()
  for (const { name } of rules) {
    if (names.has(name)) {
      throw new BlueskyError('duplicate-name', `two rules are named "${name}"; rename one`)
    }
    names.add(name)
  }
  return rules.map(compileRule)
}

function named<T>(name: string, make: () => T): T {
  try {
    return make()
  } catch (error) {
    if (!(error instanceof BlueskyError)) throw error
    throw new BlueskyError(error.code, `rule ${name}: ${error.message}`, { cause: error })
  }
}
