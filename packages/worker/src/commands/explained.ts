import type { RuleExplanation } from '@prompt-papermill/core'

/** What an entry would run. */
export interface ExplainedJob {
  readonly entry: string
  readonly action: string
  readonly template: string | null
  readonly parameters: Readonly<Record<string, unknown>> | null
  /** `queued`, or what was decided beforehand. */
  readonly state: 'queued' | 'skipped' | 'failed'
  readonly reason: string | null
  readonly message: string | null
}

/** A rule's explanation, with what would run. */
export interface ExplainedRule extends RuleExplanation {
  readonly jobs: readonly ExplainedJob[]
}
