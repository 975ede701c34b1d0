import type { Run } from '../run/run.js'
import type { ClauseResult } from './query.js'
import { type CompiledRule, compileRule, type Rule } from './rule.js'

/** Why a rule did or did not match a run. */
export interface RuleExplanation {
  /** The rule's name. */
  readonly rule: string
  /** Null: it depends on the Run Stop, which has not come. */
  readonly matched: boolean | null
  /** Every clause of its `when`, in order. */
  readonly clauses: readonly ClauseResult[]
}

/**
 * Says why a rule did or did not match a run, clause by clause.
 *
 * @throws BlueskyError `bad-query`, `bad-option` or `duplicate-name` if a rule that was not compiled yet can't
 *   be.
 * @example
 * ```ts
 * import { explain, Run } from '@prompt-papermill/core'
 *
 * const run = new Run('a')
 * run.add({ name: 'start', doc: { uid: 'a', time: 0, plan_name: 'count' } })
 * const { matched, clauses } = explain({ name: 'scans', when: { plan_name: 'scan' }, entries: [] }, run)
 * console.log(matched, clauses[0]?.found) // false count
 * ```
 */
export function explain(rule: Rule | CompiledRule, run: Run): RuleExplanation {
  const compiled = 'query' in rule ? rule : compileRule(rule)
  return { rule: compiled.rule.name, ...compiled.query(run) }
}
