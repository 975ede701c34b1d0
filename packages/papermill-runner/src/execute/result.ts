import type { ActionResult } from '@prompt-papermill/core'

import type { CellCounts, KernelDescription, PythonVersion } from '../process/runner-event.js'

/** What made an executed notebook: for its manifest. What was not reached is missing. */
export interface NotebookDetails {
  /** The template's path. */
  readonly template: string
  /** SHA-256 of the template that ran, in hexadecimal. */
  readonly template_sha256?: string
  /** As they were handed over. */
  readonly parameters: Readonly<Record<string, unknown>>
  /** The kernel that ran the cells. */
  readonly kernel?: KernelDescription
  /** The Python that ran papermill. */
  readonly python?: PythonVersion
  /** Versions by package, of those that matter. */
  readonly packages?: Readonly<Record<string, string>>
  /** The notebook's code cells. */
  readonly cells?: CellCounts
  /** Seconds that each code cell took which ran to its end, in their order. */
  readonly cell_seconds?: readonly number[]
  /** What started the Python, and on which host, where that was a launcher. */
  readonly launched?: { readonly by: readonly string[]; readonly host?: string }
  /** The limit in bytes, where output beyond it was left out of the notebook. */
  readonly output_cut?: number
}

/** How a notebook ended: an {@link ActionResult} that always says what made it. */
export type NotebookResult = Exclude<ActionResult, { readonly state: 'skipped' }> & {
  readonly details: NotebookDetails
}

/** A {@link NotebookResult} before its details. */
export type NotebookOutcome = Exclude<ActionResult, { readonly state: 'skipped' }>

/** What keeps a notebook from starting; the message says what, where, and what to do. */
export class NotStarted extends Error {}

/** The outcome for a notebook that did not start. */
export function notStarted(message: string): NotebookOutcome {
  return { state: 'failed', reason: 'not-started', message }
}
