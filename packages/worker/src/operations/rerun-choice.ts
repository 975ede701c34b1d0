import type { Job, JobStatus } from '@prompt-papermill/core'

/** A job to attempt, or why it is left. */
export type RerunChoice =
  | { readonly status: JobStatus; readonly anew: Job | null }
  | { readonly fresh: Job }
  | { readonly came: JobStatus }
  | { readonly left: string; readonly message: string }
