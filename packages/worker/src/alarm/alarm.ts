import type { DocumentSource } from '@prompt-papermill/core'

import type { WorkerLogger } from '../log/logger.js'
import type { AlarmConfig } from '../config/compile-alarm.js'
import type { LastDocument } from './last-document.js'
import { watchedSince } from './watch-times.js'

/** What is told of an alarm: to the log, and to webhooks. */
export interface AlarmEvent {
  readonly type: 'raised' | 'ended'
  /** What it is about: no document has come for too long. */
  readonly alarm: 'silence'
  /** What happened and what to do, for people. */
  readonly message: string
  /** For how long nothing has come, or had. */
  readonly silent_seconds: number
  /** When the last document came before it: ISO 8601, UTC; null: none had since the start. */
  readonly last_document_at: string | null
  /** Each source, and whether it is connected (null: it has no connection). */
  readonly sources: readonly { readonly source: string; readonly connected: boolean | null }[]
}

/** How often it is looked where no earlier time is known, in milliseconds. */
const lookAgain = 60_000

/** Raises an alarm when nothing has come for too long, and ends it when something comes. */
export class Alarm {
  readonly #lastDocument: LastDocument
  readonly #sources: readonly DocumentSource[]
  readonly #logger: WorkerLogger
  readonly #tell: (event: AlarmEvent) => void
  #config: AlarmConfig | null = null
  #timer: NodeJS.Timeout | undefined
  #raised: AlarmEvent | null = null
  /** As `performance.now()` has it, of the alarm that is on. */
  #silentSince = 0

  /** @param tell - told besides the log. */
  constructor(
    parts: {
      readonly lastDocument: LastDocument
      readonly sources: readonly DocumentSource[]
      readonly logger: WorkerLogger
    },
    tell: (event: AlarmEvent) => void,
  ) {
    this.#lastDocument = parts.lastDocument
    this.#sources = parts.sources
    this.#logger = parts.logger
    this.#tell = tell
  }

  /** The alarm that is on; null: none is. */
  get raised(): AlarmEvent | null {
    return this.#raised
  }

  /** Puts a config in force; null: it is never alarming, and an alarm that is on ends. */
  change(config: AlarmConfig | null): void {
    this.#config = config
    if (!config && this.#raised) this.#end('the alarm was taken out of the config')
    this.#look()
  }

  close(): void {
    this.#config = null
    clearTimeout(this.#timer)
    this.#lastDocument.onNext(null)
  }

  #look(): void {
    clearTimeout(this.#timer)
    const config = this.#config
    if (!config || this.#raised) return
    const now = new Date()
    const since = watchedSince(config, now)
    const quiet = since
      ? Math.min(this.#lastDocument.silence, now.getTime() - since.getTime())
      : -Infinity
    if (quiet >= config.silence) this.#raise()
    else {
      // the clock on the wall may be set meanwhile
      const pause = Math.min(config.silence - quiet, lookAgain)
      this.#timer = setTimeout(() => this.#look(), Math.ceil(pause)).unref()
    }
  }

  #raise(): void {
    const { age, silence } = this.#lastDocument
    const event = {
      ...({ type: 'raised', alarm: 'silence', message: this.#message() } as const),
      silent_seconds: Math.round(silence) / 1000,
      last_document_at: age === null ? null : new Date(Date.now() - age).toISOString(),
      sources: this.#states(),
    }
    this.#raised = event
    this.#silentSince = performance.now() - silence
    this.#lastDocument.onNext(() => this.#end('documents come again'))
    const { message, ...fields } = event
    this.#logger.error(fields, `alarm: ${message}`)
    this.#tell(event)
  }

  #end(why: string): void {
    const before = this.#raised
    if (!before) return
    this.#raised = null
    this.#lastDocument.onNext(null)
    const event: AlarmEvent = {
      ...before,
      type: 'ended',
      message: why,
      silent_seconds: Math.round(performance.now() - this.#silentSince) / 1000,
      sources: this.#states(),
    }
    const { message, ...fields } = event
    this.#logger.info(fields, `the alarm is over: ${message}`)
    this.#tell(event)
    this.#look()
  }

  #message(): string {
    const limit = (this.#config?.silence ?? 0) / 1000
    const away = this.#sources.filter(({ connected }) => connected === false)
    if (away.length === 0) {
      return `no document has come for ${limit} s, though every source is connected: is the RunEngine idle, or does it publish elsewhere? \`prompt-papermill tap\` shows what comes`
    }
    const names = away.map(({ description }) => description).join(', ')
    return `no document has come for ${limit} s, and ${names} is not connected: see that what serves it runs, bluesky-0MQ-proxy for one`
  }

  #states(): AlarmEvent['sources'] {
    return this.#sources.map(({ description, connected }) => ({ source: description, connected }))
  }
}
