import type { FailureEvidence, FailureReason } from '@prompt-papermill/core'

/** How many of a notebook's code cells there are, and how many ran to their end. */
export interface CellCounts {
  readonly total: number
  readonly executed: number
}

/** The Python that runs papermill. */
export interface PythonVersion {
  readonly path: string
  readonly version: string
}

/** The kernel that ran the cells. */
export interface KernelDescription {
  readonly name: string
  readonly language: string
}

/** The last word about a notebook: nothing follows it. */
export type LastEvent =
  | { readonly event: 'finished'; readonly state: 'succeeded'; readonly message: string | null }
  | {
      readonly event: 'finished'
      readonly state: 'no-data' | 'cancelled'
      readonly message: string
      readonly evidence: FailureEvidence
    }
  | {
      readonly event: 'failed'
      readonly reason: FailureReason
      readonly message: string
      readonly evidence?: FailureEvidence
    }

/** What became of a kernel that was to be started ahead. */
export type Warmth =
  | {
      /** The kernel's name. */
      readonly kernel: string
      /** The modules that could not be imported, each with its error. */
      readonly missing: Readonly<Record<string, string>>
    }
  | { readonly problem: string }

/** What the Python program reports, one JSON line each. Mirrors `python/notebook_runner`. */
export type RunnerEvent =
  | {
      readonly event: 'ready'
      readonly python: PythonVersion
      readonly packages: Readonly<Record<string, string>>
      /** Only where a kernel was to be started ahead. */
      readonly warm?: Warmth
    }
  | { readonly event: 'undeclared'; readonly names: readonly string[] }
  | { readonly event: 'started'; readonly kernel: KernelDescription; readonly cells: number }
  | { readonly event: 'cell-started'; readonly step: number; readonly of: number }
  | { readonly event: 'cell-finished'; readonly step: number; readonly of: number }
  | { readonly event: 'output-cut'; readonly limit: number }
  | LastEvent

/** What the Python program is told while it runs a notebook. */
export interface EndOrder {
  readonly order: 'end'
  readonly why: 'cancelled' | 'interrupted' | 'timed-out'
  readonly message: string
  readonly limit?: string
}
