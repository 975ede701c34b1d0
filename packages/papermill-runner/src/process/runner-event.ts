import type { FailureEvidence, FailureReason } from '@prompt-papermill/core'

/** How many of a notebook's code cells there are, and how many ran to their end. */
export interface CellCounts {
  /** Code cells in the notebook. */
  readonly total: number
  /** Those that ran to their end. */
  readonly executed: number
}

/** The Python that runs papermill. */
export interface PythonVersion {
  /** The path of its program. */
  readonly path: string
  /** Such as `3.11.7`. */
  readonly version: string
}

/** The kernel that ran the cells. */
export interface KernelDescription {
  /** The kernel's name, such as `python3`. */
  readonly name: string
  /** The language of its cells, such as `python`. */
  readonly language: string
}

/** The last word about how a notebook ended: nothing follows it but `exported`. */
export type LastEvent = (
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
) & {
  /** Whether the notebook is exported now, which `exported` tells. */
  readonly exports?: boolean
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
  /** Only where a launcher started the program: it has, on this host. */
  | { readonly event: 'alive'; readonly host: string }
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
  | {
      readonly event: 'cell-finished'
      readonly step: number
      readonly of: number
      readonly seconds: number
    }
  | { readonly event: 'output-cut'; readonly limit: number }
  | LastEvent
  /** The page is there, or there was a problem. */
  | { readonly event: 'exported'; readonly problem: string | null }

/** What the Python program is told while it runs a notebook. */
export interface EndOrder {
  /** Tells it from other orders. */
  readonly order: 'end'
  /** What the result is to say. */
  readonly why: 'cancelled' | 'interrupted' | 'timed-out'
  /** The same for people. */
  readonly message: string
  /** The limit that was hit, where it timed out. */
  readonly limit?: string
}
