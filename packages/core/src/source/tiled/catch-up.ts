import { EventEmitter } from 'eventemitter3'

import type { DocumentMessage } from '../../documents/messages.js'
import { BlueskyError } from '../../errors/bluesky-error.js'
import type { RunOrigin } from '../../documents/run-origin.js'
import { DocumentSource } from '../document-source.js'
import {
  type CatchUpMark,
  type CatchUpMemory,
  type CatchUpOptions,
  type CatchUpOptionsWithDefaults,
  type CatchUpPass,
  withCatchUpDefaults,
} from './catch-up-options.js'
import { PassCount, type RunOutcome } from './catch-up-pass.js'
import { type MissedRun, MissedRuns } from './missed-runs.js'
import { outcomeOf, startAndStop, unread } from './outcomes.js'
import { runDocuments } from './run-documents.js'
import { TiledClient, type TiledRun } from './tiled-client.js'

/** How many runs are looked up in the memory at once. */
const atOnce = 300

/** How soon it looks again at the soonest, in milliseconds. */
const soon = 500

/** How soon at the latest it looks again after it could not, in milliseconds. */
const retryAfter = 30_000

/** What a {@link TiledCatchUp} says besides what every source says. */
export interface CatchUpEvents {
  /** It has looked through the server's runs. */
  pass: (pass: CatchUpPass) => void
}

/**
 * The runs that were missed, as a source: whatever a Tiled server has and the memory does not know. It looks when
 * it is started, every so often, and whenever {@link TiledCatchUp.check} is called, as after a gap.
 *
 * A run that is not known is given `settle` milliseconds to come by itself. Then all its documents are read, and
 * delivered one after the other, Run Start to Run Stop. Only when the memory knows it, which the next pass sees,
 * the mark moves past it: who is killed in between finds it again.
 *
 * @example
 * ```ts keeps-running
 * import { RunRouter } from '@prompt-papermill/core'
 * import { type CatchUpMark, TiledCatchUp } from '@prompt-papermill/core/tiled'
 *
 * const router = new RunRouter()
 * const done = new Set<string>()
 * router.events.on('decided', ({ run }) => {
 *   done.add(run.uid)
 *   console.log(run.start.plan_name) // scan
 * })
 * let mark: CatchUpMark | null = null
 * const catchUp = new TiledCatchUp(
 *   {
 *     url: 'http://localhost:8000',
 *     apiKey: process.env.TILED_API_KEY,
 *     since: Date.now() / 1000 - 86_400,
 *     settle: 1000,
 *   },
 *   {
 *     known: async (uids) => new Set(uids.filter((uid) => done.has(uid))),
 *     mark: async () => mark,
 *     setMark: async (further) => void (mark = further),
 *     replace: (uid) => void router.forget(uid),
 *   },
 * )
 * catchUp.subscribe(router)
 * await catchUp.start()
 * process.once('SIGTERM', () => void catchUp.stop())
 * ```
 */
export class TiledCatchUp extends DocumentSource {
  /** What the passes found. */
  readonly passes = new EventEmitter<CatchUpEvents>()
  readonly #tiled: TiledClient
  readonly #memory: CatchUpMemory
  readonly #options: CatchUpOptionsWithDefaults
  readonly #missed = new MissedRuns()
  #stopping = new AbortController()
  #running = false
  #connected = false
  #timer: ReturnType<typeof setTimeout> | undefined
  #pass: Promise<CatchUpPass> | undefined

  /** @throws BlueskyError `bad-address` or `bad-option`. */
  constructor(options: CatchUpOptions, memory: CatchUpMemory) {
    super(200_000)
    this.#tiled = new TiledClient(options)
    this.#memory = memory
    this.#options = withCatchUpDefaults(options)
  }

  get description(): string {
    return `catch-up from ${this.#tiled.address}`
  }

  override get origin(): RunOrigin {
    return 'catch-up'
  }

  /** Whether the server answered the last time. */
  override get connected(): boolean {
    return this.#connected
  }

  /** Begins to look; the first pass goes on in the background, and says in `refused` why it can't. */
  override async start(): Promise<void> {
    if (this.#running) return
    this.#running = true
    this.#stopping = new AbortController()
    this.begun()
    // what is measured from here on counts, though the first pass be late
    await this.#mark().catch((error: unknown) => this.#tellFailed(error))
    this.#lookIn(0)
  }

  override async stop(): Promise<void> {
    this.#running = false
    clearTimeout(this.#timer)
    this.#stopping.abort(new BlueskyError('closed', `${this.description} was stopped`))
    await this.#pass?.catch(() => undefined)
    this.ended()
  }

  /**
   * Looks now, or joins the pass that is under way.
   *
   * @throws BlueskyError `connection` if the server can't be asked, `closed` if the source is not started.
   */
  check(): Promise<CatchUpPass> {
    if (!this.#running) {
      return Promise.reject(new BlueskyError('closed', `${this.description} is not started`))
    }
    this.#pass ??= this.#look().finally(() => (this.#pass = undefined))
    return this.#pass
  }

  #lookIn(delay: number): void {
    clearTimeout(this.#timer)
    if (!this.#running) return
    // what goes wrong is told by the pass itself
    this.#timer = setTimeout(() => void this.check().catch(() => undefined), delay)
  }

  async #look(): Promise<CatchUpPass> {
    const { every, settle } = this.#options
    try {
      const pass = await this.#lookThrough()
      if (!this.#connected) {
        this.#connected = true
        this.emit('connected', this.#tiled.address)
      }
      this.passes.emit('pass', pass)
      // those that were delivered are checked, and those that were given time are looked at again, soon
      const isSoon = pass.waiting + pass.delivered.length > 0
      this.#lookIn(isSoon ? Math.max(settle, soon) : every)
      return pass
    } catch (error) {
      if (!this.#stopping.signal.aborted) this.#tellFailed(error)
      this.#lookIn(Math.min(every, retryAfter))
      throw error
    }
  }

  #tellFailed(error: unknown): void {
    if (this.#connected) {
      this.#connected = false
      this.emit('disconnected', this.#tiled.address)
    }
    const reason =
      error instanceof BlueskyError
        ? error
        : new BlueskyError('connection', `${this.description} failed: ${String(error)}`, {
            cause: error,
          })
    this.emit('refused', this.#tiled.address, reason)
  }

  async #lookThrough(): Promise<CatchUpPass> {
    const mark = await this.#mark()
    const since = Math.max(mark.from, mark.upTo - this.#options.overlap / 1000)
    const count = new PassCount(mark.upTo)
    const seen = new Set<string>()
    let runs: TiledRun[] = []
    for await (const run of this.#tiled.completedSince(since, this.#stopping.signal)) {
      // pages shift while runs are added
      if (seen.has(run.uid) || !count.see(run)) continue
      seen.add(run.uid)
      runs.push(run)
      if (runs.length >= atOnce) {
        await this.#takeIn(runs, count)
        runs = []
      }
    }
    await this.#takeIn(runs, count)
    this.#missed.keepOnly(seen)
    const upTo = count.upTo(Date.now() / 1000)
    if (upTo > mark.upTo) await this.#memory.setMark({ ...mark, upTo })
    return count
  }

  async #mark(): Promise<CatchUpMark> {
    const known = await this.#memory.mark()
    if (known) return known
    const since = this.#options.since ?? Date.now() / 1000
    const first = { from: since, upTo: since }
    await this.#memory.setMark(first)
    return first
  }

  async #takeIn(runs: readonly TiledRun[], count: PassCount): Promise<void> {
    const known = await this.#memory.known(runs.map(({ uid }) => uid))
    for (const run of runs) {
      if (known.has(run.uid)) this.#missed.forget(run.uid)
      else count.note(run, await this.#takeInMissed(run))
    }
  }

  async #takeInMissed(run: TiledRun): Promise<RunOutcome> {
    const { tries, settle } = this.#options
    const missed = this.#missed.of(run.uid)
    if (missed.deliveries >= tries) {
      if (missed.givenUp) return 'left'
      missed.givenUp = true
      return 'given-up'
    }
    if (performance.now() - missed.since < settle) return 'waiting'
    const messages = await this.#documentsOf(run, missed)
    if (!messages) return 'failed'
    missed.deliveries += 1
    await this.#deliverAll(run.uid, messages)
    return 'delivered'
  }

  /** All of a run before any of it is delivered: one that begins and breaks off would stay open. */
  async #documentsOf(run: TiledRun, missed: MissedRun): Promise<DocumentMessage[] | null> {
    const { signal } = this.#stopping
    try {
      const messages: DocumentMessage[] = []
      for await (const message of runDocuments(this.#tiled, run, signal)) messages.push(message)
      return messages
    } catch (error) {
      signal.throwIfAborted()
      if (error instanceof BlueskyError && error.code === 'missing-library') throw error
      missed.failures += 1
      const { readTries } = this.#options
      const again = missed.failures < readTries
      this.deliver(unread(run.uid, this.#tiled.address, error, again))
      // what it is about can be told all the same, and a notebook may read the data in its own way
      return again ? null : startAndStop(run)
    }
  }

  async #deliverAll(uid: string, messages: readonly DocumentMessage[]): Promise<void> {
    this.#stopping.signal.throwIfAborted()
    this.#memory.replace?.(uid)
    for (const message of messages) this.deliver(outcomeOf(message, this.#options.validate))
    await this.keptUp(1000)
  }
}
