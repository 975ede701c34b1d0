import type { AddressHealth } from './source-states.js'

export type { AddressHealth } from './source-states.js'

/** One of the things that a worker can't do its work without. */
export interface HealthPart {
  /** Which: a source of documents, the ledger, the results folder, what starts notebooks, or the queue on Redis. */
  readonly part: 'source' | 'ledger' | 'results' | 'python' | 'queue'
  /** Where: the source's address, a folder, or a program. */
  readonly what: string
  /** Whether it works, as far as it is known. */
  readonly ok: boolean
  /** What is wrong, and what to do; null where it works. */
  readonly trouble: string | null
}

/** How the worker is, as `/healthz` and `/readyz` tell. */
export interface Health {
  /** Whether every part works. */
  readonly ready: boolean
  /** What keeps the worker from its work and what to do, a sentence each; empty if it is ready. */
  readonly troubles: readonly string[]
  /** All parts, those that work too. */
  readonly parts: readonly HealthPart[]
  /** Each source: where it is, whether it is connected (null: it has no connection), and what it counted. */
  readonly sources: readonly {
    readonly source: string
    readonly connected: boolean | null
    /** Each address of which something is known. */
    readonly addresses: readonly AddressHealth[]
    readonly documents: number
    readonly dropped: number
    readonly invalid: number
    readonly ignored: number
  }[]
  /** When the last document came: ISO 8601, UTC; null: none has since the start. */
  readonly last_document_at: string | null
  /** Seconds since then, by a clock that nobody sets; null as above. */
  readonly last_document_seconds: number | null
  /** Why the alarm is on, which the config's `alarm` sets; null: it is not. It keeps nobody from being ready. */
  readonly alarm: string | null
  /** How many runs have begun and not stopped. */
  readonly open_runs: number
  /** Whether no job begins until the worker is resumed. */
  readonly paused: boolean
  /** The worker's process. */
  readonly pid: number
}
