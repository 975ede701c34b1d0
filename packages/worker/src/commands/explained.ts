import type { EntryPreview, RuleExplanation } from '@prompt-papermill/core'

/** What an entry would run. */
export interface ExplainedJob extends Omit<EntryPreview, 'decided'> {
  /** `queued`, or what is decided beforehand. */
  readonly state: 'queued' | 'skipped' | 'failed'
  readonly reason: string | null
  readonly message: string | null
}

/** A rule's explanation, with what would run. */
export interface ExplainedRule extends RuleExplanation {
  readonly jobs: readonly ExplainedJob[]
}
