import type { RetryOptions, WaitSchedule } from '@prompt-papermill/core'

import type { AlarmConfig } from './compile-alarm.js'
import type { HttpConfig } from './compile-http.js'
import type { QueueConfig } from './compile-queue.js'
import type { SourceGiven } from './compile-source.js'
import type { TiledConfig } from './compile-tiled.js'
import type { WebhookConfig } from './compile-webhooks.js'
import type { ConfigWithDefaults } from './schema.js'

type RuleGiven = NonNullable<ConfigWithDefaults['rules']>[number]

/** What a notebook may use; times in milliseconds, sizes in bytes. */
export interface Limits {
  /** Time for the whole notebook, in milliseconds. */
  readonly notebook: number
  /** Time for each cell, in milliseconds. */
  readonly cell: number
  /** Memory of the kernel with its children, in bytes. */
  readonly memory: number
  /** Output that is kept in the notebook, in bytes. */
  readonly output: number
  /** Time until a launcher has started Python, in milliseconds. */
  readonly launch: number
}

/** How old attempts' folders, spooled documents and the ledger's rows may get; milliseconds, or null for ever. */
export interface RetentionAges {
  /** Of the folders of attempts. */
  readonly attempts: number | null
  /** Of the spooled documents of runs. */
  readonly documents: number | null
  /** Of runs, jobs and attempts in the ledger. */
  readonly rows: number | null
}

/** The config ready for use: absolute paths, all defaults filled in, milliseconds and bytes. */
export interface Config {
  /** The file that it came from. */
  readonly file: string
  /** Where the documents come from. */
  readonly sources: readonly SourceGiven[]
  /** The data server; null without. */
  readonly tiled: TiledConfig | null
  /** How many runs may be open, and for how many milliseconds one may be silent. */
  readonly runs: { readonly maxOpenRuns: number; readonly maxIdle: number }
  /** The folder with the notebooks. */
  readonly templates: string
  /** Where attempts leave their results, and for whom. */
  readonly results: {
    readonly root: string
    readonly pattern: string
    readonly umask: number | undefined
    readonly group: string | number | undefined
  }
  /** The folder with ledger, documents of runs and control socket. */
  readonly state: string
  /** The Python with papermill: a path, or a name on the PATH. */
  readonly python: string
  /** The command that starts the Python, by words; empty for none. */
  readonly launcher: readonly string[]
  /** How jobs are queued, and who performs them. */
  readonly queue: QueueConfig
  /** Jobs at once in this process. */
  readonly concurrency: number
  /** How many jobs may wait for their turn. */
  readonly capacity: number
  /** How many kernels wait for each Python, and what they have imported. */
  readonly kernels: {
    readonly warm: number
    readonly preload: readonly string[]
    /** Whether they are forked from one process that has imported it. */
    readonly fork: boolean
    /** Variables of the worker's own environment that no kernel gets: those that `secrets` are taken from. */
    readonly env: Readonly<Record<string, undefined>>
  }
  /** What a notebook may use that doesn't say it itself. */
  readonly limits: Limits
  /** When a failed attempt is tried again, of a job that doesn't say it itself. */
  readonly retry: RetryOptions
  /** How jobs wait for their data. */
  readonly wait: {
    /** Folders in which files lie whose path begins with a value of the run; absolute. */
    readonly roots: readonly string[]
    readonly schedule: WaitSchedule
  }
  /** Time for what runs to finish when the worker stops, in milliseconds. */
  readonly grace: number
  /** How old something may get before it is removed. */
  readonly retention: RetentionAges
  /** Where HTTP is served and who may do what there; false: nowhere. */
  readonly http: HttpConfig | false
  /** Absolute paths of modules, by the name that rules use. */
  readonly actions: Readonly<Record<string, string>>
  /** When it is alarming that no document comes; null: never. */
  readonly alarm: AlarmConfig | null
  /** Who is told over HTTP what happens. */
  readonly webhooks: readonly WebhookConfig[]
  /** Undefined: the default rule. */
  readonly rules: readonly RuleGiven[] | undefined
}
