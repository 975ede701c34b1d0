/**
 * What is wrong with a ledger, in one word for programs.
 *
 * - `locked`: another worker has it;
 * - `full`: its disk is full; `gone`: its file is not where it was; `read-only`, `io`: the file system refuses;
 * - `corrupt`: the file is damaged, or no ledger;
 * - `busy`: another program holds it for longer than is waited;
 * - `older`, `newer`: another version of this software wrote it;
 * - `too-many`: more is waiting to be written than is kept in memory;
 * - `refused`: it was asked for something that makes no sense;
 * - `closed`: it was closed before this was done;
 * - `missing-library`: SQLite is not there as Node needs it.
 */
export type LedgerErrorCode =
  | 'locked'
  | 'full'
  | 'gone'
  | 'read-only'
  | 'io'
  | 'corrupt'
  | 'busy'
  | 'older'
  | 'newer'
  | 'too-many'
  | 'refused'
  | 'closed'
  | 'missing-library'

/** What may pass by itself or by a person's help while the worker runs: worth trying again. */
const passing: ReadonlySet<LedgerErrorCode> = new Set([
  'full',
  'gone',
  'read-only',
  'io',
  'corrupt',
  'busy',
])

/**
 * The ledger can't be opened, read or written; the message says why and what to do.
 *
 * @example
 * ```ts
 * import { LedgerError } from '@prompt-papermill/worker'
 *
 * const error = new LedgerError('full', 'the disk of /opt/papermill/state is full; make room')
 * console.log(error.code, error.passes) // full true
 * ```
 */
export class LedgerError extends Error {
  override readonly name = 'LedgerError'

  constructor(
    /** What is wrong, for programs. */
    readonly code: LedgerErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options)
  }

  /** Whether the same write may go through later. */
  get passes(): boolean {
    return passing.has(this.code)
  }
}

/** Whether an error is about the ledger and may pass. */
export function mayPass(error: unknown): error is LedgerError {
  return error instanceof LedgerError && error.passes
}
