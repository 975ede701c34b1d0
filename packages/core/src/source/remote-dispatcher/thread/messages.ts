import type { CurveFiles, CurveKeys } from '../curve.js'
import type { BacklogShares } from './limits.js'

/** What the thread is started with. */
export interface ThreadSettings {
  /** As 0MQ has them. */
  readonly addresses: readonly string[]
  readonly shares: BacklogShares
  readonly maxFrameBytes: number
  /** The keys, and the files that they are from for what is said of them. */
  readonly curve: { readonly files: CurveFiles; readonly keys: CurveKeys } | undefined
  /** Of their `Flow`. */
  readonly memory: SharedArrayBuffer
}

/** What the program tells the thread: to close its sockets and end, or that it has come along with batches. */
export type Word = 'end' | 'wake'

/** What the thread tells the program, besides batches of frames. */
export type News =
  | { readonly what: 'opened' }
  | { readonly what: 'connected' | 'disconnected'; readonly address: string }
  | { readonly what: 'refused'; readonly address: string; readonly error: PlainError }
  | { readonly what: 'lost'; readonly frames: number }
  | { readonly what: 'failed'; readonly error: PlainError }

/** An error as it passes from one thread to the other, which keeps no code of it otherwise. */
export interface PlainError {
  readonly message: string
  readonly code: string | undefined
  readonly cause: PlainError | undefined
}

/** Takes an error apart. */
export function plainError(error: unknown): PlainError {
  if (!(error instanceof Error))
    return { message: String(error), code: undefined, cause: undefined }
  const { message, code, cause } = error as Error & { code?: unknown }
  return {
    message,
    code: typeof code === 'string' ? code : undefined,
    cause: cause === undefined ? undefined : plainError(cause),
  }
}

/** Makes an error of it again, to be the cause of another. */
export function causeOf({ message, code, cause }: PlainError): Error {
  const error =
    cause === undefined ? new Error(message) : new Error(message, { cause: causeOf(cause) })
  return code === undefined ? error : Object.assign(error, { code })
}
