import type { JobRow } from '../ledger/rows.js'

/** How runs are put through the rules once more. */
export interface ReplayRequest {
  /** Whether jobs that the ledger has are attempted once more. */
  readonly rerun: boolean
  /** Besides the files the runs of the data server that stopped at this time or later: ISO 8601. */
  readonly since?: string | undefined
  /** Of these only those that stopped before: ISO 8601. */
  readonly until?: string | undefined
}

/** What a replay says on its way; plain data, so that it can go over the control socket. */
export type ReplayEvent =
  | { readonly event: 'dropped'; readonly file: string; readonly message: string }
  /** So many runs come from there. */
  | { readonly event: 'found'; readonly from: string; readonly runs: number }
  /** One of several recordings, or a run, could not be read, which the others go on without. */
  | { readonly event: 'unread'; readonly from: string; readonly message: string }
  | {
      readonly event: 'decided'
      readonly uid: string
      readonly plan_name: string | null
      /** The ids of the run's jobs that are new, rerun, and left as they are. */
      readonly jobs: readonly string[]
      readonly known: readonly string[]
    }
  | { readonly event: 'open'; readonly uid: string; readonly plan_name: string | null }
  | { readonly event: 'job'; readonly job: JobRow }
  | { readonly event: 'failed'; readonly message: string }
