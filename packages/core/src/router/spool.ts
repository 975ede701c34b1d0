import type { DocumentMessage } from '../documents/messages.js'
import type { Run } from '../run/run.js'

/** Keeps the documents of runs whose notebooks may want them. */
export interface DocumentSpool {
  /** Begins to keep a run's documents. */
  open(run: Run): SpooledRun
}

/** The kept documents of one run. */
export interface SpooledRun {
  /** Takes one document; returns at once. */
  write(message: DocumentMessage): void
  /** Resolves with the file's path when all documents are in it. Rejects if one could not be written. */
  finish(): Promise<string>
  /** Throws the documents away: no rule wants them any more. */
  discard(): Promise<void>
}
