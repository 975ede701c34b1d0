import type { LedgerErrorCode } from '../ledger-error.js'
import type { Reads } from './reads.js'
import type { Writes } from './writes.js'

/** What a ledger's threads can be asked to do. */
type LedgerMethods = Pick<
  Writes,
  | 'received'
  | 'opened'
  | 'status'
  | 'attempt'
  | 'act'
  | 'probe'
  | 'forgetFolder'
  | 'forgetRun'
  | 'setCatchUpMark'
> &
  Pick<
    Reads,
    | 'job'
    | 'run'
    | 'jobs'
    | 'runs'
    | 'attempts'
    | 'decision'
    | 'acts'
    | 'known'
    | 'unfinishedJobs'
    | 'openRuns'
    | 'oldAttempts'
    | 'oldRuns'
    | 'isBusy'
    | 'decidedRuns'
    | 'catchUpMark'
  >

/** The methods that write. */
export const writeMethods = [
  'received',
  'opened',
  'status',
  'attempt',
  'act',
  'probe',
  'forgetFolder',
  'forgetRun',
  'setCatchUpMark',
] as const satisfies readonly (keyof Writes)[]

export type WriteMethod = (typeof writeMethods)[number]
export type ReadMethod = Exclude<keyof LedgerMethods, WriteMethod>

/** Calls a method of the ledger's database, wherever it is. */
export type CallLedger = <M extends keyof LedgerMethods>(
  method: M,
  ...args: Parameters<LedgerMethods[M]>
) => Promise<ReturnType<LedgerMethods[M]>>

/** What a thread is started with. */
export interface ThreadData {
  readonly state: string
  /** The one that has the lock, one that only reads, or one that makes a few changes beside the first. */
  readonly role: 'writer' | 'reader' | 'beside'
}

/** A call on its way to a thread. `close` is the last. */
export interface CallMessage {
  readonly id: number
  readonly method: keyof LedgerMethods | 'close'
  readonly args: readonly unknown[]
}

/** An error on its way back. */
export interface PlainError {
  readonly code: LedgerErrorCode
  readonly message: string
}

/** What a thread answers: calls that were committed together come back together. */
export interface AnswersMessage {
  readonly answers: readonly (
    | { readonly id: number; readonly value: unknown }
    | { readonly id: number; readonly error: PlainError }
  )[]
}

/** A thread's first word: that it is open, or why not. */
export type OpeningMessage = { readonly open: true } | { readonly error: PlainError }
