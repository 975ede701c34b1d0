import { EventEmitter } from 'eventemitter3'

import { checkDocument } from '../../decode/frame-reader.js'
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
import { runDocuments } from './run-documents.js'
import { TiledClient, type TiledRun } from './tiled-client.js'

/** How many runs are looked up in the memory at once. */
const atOnce = 300

/** How soon it looks again at the soonest, in milliseconds. */
const soon = 500

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
 * ```ts no-run: needs a Tiled server
 * import { RunRouter } from '@prompt-papermill/core'
 * import { type CatchUpMark, TiledCatchUp } from '@prompt-papermill/core/tiled'
 *
 * const router = new RunRouter()
 * const done = new Set<string>()
 * router.events.on('decided', ({ run }) => done.add(run.uid))
 * let mark: CatchUpMark | null = null
 * const catchUp = new TiledCatchUp(
 *   { url: 'http://localhost:8000', apiKey: process.env.TILED_API_KEY },
 *   {
 *     known: async (uids) => new Set(uids.filter((uid) => done.has(uid))),
 *     mark: async () => mark,
 *     setMark: async (further) => void (mark = further),
 *   },
 * )
 * catchUp.subscribe(router)
 * await catchUp.start()
 * await catchUp.stop()
 * ```
 */
export class TiledCatchUp extends DocumentSource {
  /** What the passes found. */
  readonly passes = new EventEmitter<CatchUpEvents>()
  readonly #tiled: TiledClient
  readonly #memory: CatchUpMemory
  readonly #options: CatchUpOptionsWithDefaults
  /** When a run that is not known was first seen, and how often it was delivered. */
  readonly #missed = new Map<string, { readonly since: number; tries: number }>()
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
    await this.#mark()
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
    this.#timer = setTimeout(() => {
      const { every, settle } = this.#options
      this.check().then(
        // those that were delivered are checked, and those that were given time are looked at again, soon
        ({ waiting, delivered }) =>
          this.#lookIn(waiting + delivered.length > 0 ? Math.max(settle, soon) : every),
        () => this.#lookIn(every),
      )
    }, delay)
  }

  async #look(): Promise<CatchUpPass> {
    try {
      const pass = await this.#lookThrough()
      if (!this.#connected) {
        this.#connected = true
        this.emit('connected', this.#tiled.address)
      }
      this.passes.emit('pass', pass)
      return pass
    } catch (error) {
      if (!this.#stopping.signal.aborted) this.#tellFailed(error)
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
    const seen: Seen = {
      found: 0,
      waiting: 0,
      delivered: [],
      givenUp: [],
      upTo: mark.upTo,
      first: Infinity,
    }
    let runs: TiledRun[] = []
    for await (const run of this.#tiled.completedSince(since, this.#stopping.signal)) {
      runs.push(run)
      if (runs.length >= atOnce) {
        await this.#takeIn(runs, seen)
        runs = []
      }
    }
    await this.#takeIn(runs, seen)
    const upTo = Math.min(seen.upTo, seen.first)
    if (upTo > mark.upTo) await this.#memory.setMark({ ...mark, upTo })
    return seen
  }

  async #mark(): Promise<CatchUpMark> {
    const known = await this.#memory.mark()
    if (known) return known
    const since = this.#options.since ?? Date.now() / 1000
    const first = { from: since, upTo: since }
    await this.#memory.setMark(first)
    return first
  }

  async #takeIn(runs: readonly TiledRun[], seen: Seen): Promise<void> {
    const known = await this.#memory.known(runs.map(({ uid }) => uid))
    for (const run of runs) {
      const time = Number(run.stop?.time)
      seen.found += 1
      seen.upTo = Math.max(seen.upTo, time)
      if (known.has(run.uid)) {
        this.#missed.delete(run.uid)
        continue
      }
      const missed = this.#missed.get(run.uid) ?? { since: performance.now(), tries: 0 }
      this.#missed.set(run.uid, missed)
      if (missed.tries >= this.#options.tries) {
        if (missed.tries === this.#options.tries) seen.givenUp.push(run.uid)
        // said once
        missed.tries = Infinity
        continue
      }
      seen.first = Math.min(seen.first, time)
      if (performance.now() - missed.since < this.#options.settle) {
        seen.waiting += 1
        continue
      }
      missed.tries += 1
      await this.#deliverRun(run)
      seen.delivered.push(run.uid)
    }
  }

  async #deliverRun(run: TiledRun): Promise<void> {
    // all of it before any of it: a run that begins and breaks off would stay open
    const messages: DocumentMessage[] = []
    for await (const message of runDocuments(this.#tiled, run, this.#stopping.signal)) {
      messages.push(message)
    }
    this.#stopping.signal.throwIfAborted()
    this.#memory.replace?.(run.uid)
    for (const { name, doc } of messages) {
      const checked = checkDocument(name, doc, this.#options.validate)
      this.deliver(
        checked.ok
          ? { kind: 'document', prefix: '', message: checked.message, issues: checked.issues }
          : {
              kind: 'dropped',
              dropped: { reason: 'invalid', name, bytes: 0, message: checked.reason },
            },
      )
    }
    await this.keptUp(1000)
  }
}

interface Seen extends CatchUpPass {
  found: number
  waiting: number
  readonly delivered: string[]
  readonly givenUp: string[]
  /** The latest stop time seen. */
  upTo: number
  /** The earliest stop time of a run that is not known. */
  first: number
}
