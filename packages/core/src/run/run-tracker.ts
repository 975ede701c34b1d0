import type { DocumentMessage } from '../documents/messages.js'
import type { RunOrigin } from '../documents/run-origin.js'
import { SteadyEmitter } from '../errors/steady-emitter.js'
import { BackgroundTimer } from './background-timer.js'
import { DocumentOwners } from './document-owners.js'
import { Recent } from './recent.js'
import type { AbandonReason } from './run-record.js'
import type { RunTrackerEvents } from './run-tracker-events.js'
import { type RunTrackerOptions, withRunTrackerDefaults } from './run-tracker-options.js'
import { Run } from './run.js'
import { StoppedRuns } from './stopped-runs.js'

/** How many runs are remembered that were given up. */
const remembered = 1000

/** What became of a document. */
export interface Taken {
  /** The run that it belongs to; null if that can't be told, or the document came before. */
  readonly run: Run | null
  /** What of it is new: itself, or a page of the rows that are; null if it came before. */
  readonly message: DocumentMessage | null
}

const cameBefore: Taken = { run: null, message: null }

/**
 * Which documents belong together: keeps the open runs and gives each document to its own. A `RunRouter` has
 * one; use it by itself where runs are only to be followed.
 *
 * @example
 * ```ts
 * import { RunTracker } from '@prompt-papermill/core'
 * import { makeRunDocuments } from '@prompt-papermill/core/testing'
 *
 * const tracker = new RunTracker()
 * tracker.on('gap', (run, { stream, from, to }) => console.log(stream, from, to))
 * tracker.on('stopped', (run) => console.log(run.complete))
 * const { messages } = makeRunDocuments({ events: { primary: 3 } })
 * for (const message of messages) {
 *   // the second event was lost
 *   if (message.name === 'event' && message.doc.seq_num === 2) continue
 *   const run = tracker.add(message)
 *   if (run && message.name === 'stop') tracker.close(run)
 * }
 * // primary 2 2
 * // false
 * ```
 */
export class RunTracker extends SteadyEmitter<RunTrackerEvents> {
  readonly #maxOpenRuns: number
  readonly #maxIdle: number
  readonly #open = new Map<string, Run>()
  readonly #owners = new DocumentOwners()
  readonly #stopped = new StoppedRuns()
  readonly #abandoned = new Recent<AbandonReason>(remembered)
  readonly #timer = new BackgroundTimer<RunTracker>(this, (tracker) => tracker.#abandonIdle())

  /** @throws BlueskyError `bad-option` for a bound that is none. */
  constructor(options: RunTrackerOptions = {}) {
    super()
    const { maxOpenRuns, maxIdle } = withRunTrackerDefaults(options)
    this.#maxOpenRuns = maxOpenRuns
    this.#maxIdle = maxIdle
  }

  /** The runs whose Run Stop has not come, oldest first. */
  get openRuns(): readonly Run[] {
    return [...this.#open.values()]
  }

  /**
   * Knows an open run again, from before a restart or before it was given up; one that has stopped, is still
   * marked as given up, or is open is left out. Time without documents counts from now on, and the time in
   * between as an interruption. What is more than `maxOpenRuns` is given up, with the event.
   *
   * @returns whether the run was taken.
   */
  restore(run: Run): boolean {
    if (run.stopped || run.abandoned || this.#open.has(run.uid)) return false
    this.#forgetEnd(run.uid)
    run.noteInterruption()
    this.#owners.addAll(run)
    this.#keep(run)
    return true
  }

  /**
   * Takes in a document; returns the run that it belongs to, or null if that can't be told or nothing of it is
   * new. Of a page of which some came before only the rest counts; {@link RunTracker.take} tells what that is.
   */
  add(message: DocumentMessage, origin?: RunOrigin): Run | null {
    return this.take(message, origin).run
  }

  /**
   * Takes in a document; returns the run that it belongs to, and what of it is new.
   *
   * @param origin - which way it came; its run's, if it is the first of it.
   */
  take(message: DocumentMessage, origin: RunOrigin = 'live'): Taken {
    const run = this.#runOf(message, origin)
    if (!run) return this.#takeUnattributed(message)
    const unseen = this.#isOwned(message, run) ? null : run.unseen(message)
    if (unseen !== message) this.#tellAgain(message, run)
    if (unseen === null) return cameBefore
    switch (unseen.name) {
      case 'start':
        run.add(unseen)
        this.emit('opened', run)
        break
      case 'descriptor':
      case 'resource':
      case 'stream_resource':
        this.#addOwner(unseen, run)
        break
      default:
        for (const gap of run.add(unseen)) this.emit('gap', run, gap)
    }
    return { run, message: unseen }
  }

  /**
   * Drops what is known of a run that is to come anew, whole, as from a data server: an open one is given up,
   * with `abandoned` and the reason `replaced`, and one that has stopped may come once more.
   *
   * @returns whether it was open.
   */
  forget(uid: string): boolean {
    this.#forgetEnd(uid)
    const run = this.#open.get(uid)
    if (run) this.#abandon(run, 'replaced')
    return run !== undefined
  }

  /** Lets go of a run once its Run Stop has been passed on. */
  close(run: Run): void {
    this.#release(run)
    this.#stopped.add(run)
    if (!run.started) {
      this.emit('stop-without-start', run)
      return
    }
    const { miscounts } = run
    if (miscounts.length > 0) this.emit('miscounted', run, miscounts)
    this.emit('stopped', run)
  }

  /** The connection through which documents come was lost: all open runs are interrupted. */
  connectionLost(): void {
    for (const run of this.openRuns) {
      run.noteInterruption()
      this.emit('interrupted', run)
    }
  }

  #runOf(message: DocumentMessage, origin: RunOrigin): Run | null {
    switch (message.name) {
      case 'start':
        return this.#runOfStart(message.doc.uid, origin)
      case 'stop':
        return this.#runOfStop(message.doc.run_start, origin)
      case 'descriptor':
      case 'resource':
      case 'stream_resource':
        return this.#runNamed(message.doc.run_start, origin)
      default:
        return this.#owners.of(message)
    }
  }

  #runOfStart(uid: string, origin: RunOrigin): Run | null {
    const open = this.#open.get(uid)
    if (open) return open
    // it was dealt with
    if (this.#stopped.hasWhole(uid)) return null
    this.#forgetEnd(uid)
    return this.#begin(uid, origin)
  }

  #forgetEnd(uid: string): void {
    this.#stopped.forget(uid)
    this.#abandoned.forget(uid)
  }

  #runOfStop(uid: string, origin: RunOrigin): Run | null {
    if (this.#stopped.has(uid)) return null
    const run = this.#open.get(uid) ?? new Run(uid, origin)
    const abandoned = this.#abandoned.get(uid)
    if (abandoned) run.noteAbandoned(abandoned)
    return run
  }

  /** The open run of that uid, or one that is joined in the middle. */
  #runNamed(uid: unknown, origin: RunOrigin): Run | null {
    if (typeof uid !== 'string') return null
    const open = this.#open.get(uid)
    if (open) return open
    // late, as by a second proxy: a run that begins now would never stop
    if (this.#stopped.has(uid)) return null
    const run = this.#begin(uid, origin)
    this.emit('joined', run)
    return run
  }

  #begin(uid: string, origin: RunOrigin): Run {
    const run = new Run(uid, origin)
    this.#keep(run)
    return run
  }

  #takeUnattributed(message: DocumentMessage): Taken {
    const stopped = this.#stopped.of(message)
    if (stopped) {
      this.#tellAgain(message, stopped)
      return cameBefore
    }
    this.emit('unattributed', message)
    return { run: null, message }
  }

  #tellAgain(message: DocumentMessage, run: Run): void {
    run.noteDuplicate(message)
    if (run.duplicates > 1 && message.name !== 'start' && message.name !== 'stop') return
    this.emit('duplicate', message, run)
  }

  /** Whether it is a descriptor or resource that the run knows. */
  #isOwned({ name, doc }: DocumentMessage, run: Run): boolean {
    return (
      (name === 'descriptor' || name === 'resource' || name === 'stream_resource') &&
      this.#owners.has(doc.uid, run)
    )
  }

  #keep(run: Run): void {
    if (this.#open.size >= this.#maxOpenRuns) this.#abandon(this.#mostIdle(), 'too-many')
    this.#open.set(run.uid, run)
    if (this.#maxIdle < Infinity) this.#timer.start(this.#maxIdle)
  }

  /** Takes in what other documents refer to by its uid. */
  #addOwner(
    message: DocumentMessage & { name: 'descriptor' | 'resource' | 'stream_resource' },
    run: Run,
  ): void {
    const oldest = run.oldestOf(message.name)
    const { omittedDescriptors } = run
    run.add(message)
    this.#owners.add(message.doc.uid, run)
    // a run remembers its latest only
    if (oldest !== undefined && run.oldestOf(message.name) !== oldest) {
      this.#owners.remove(oldest, run)
    }
    // what is not kept does not change the record
    if (run.omittedDescriptors === omittedDescriptors) this.emit('described', run)
  }

  #abandonIdle(): void {
    const now = performance.now()
    let next = this.#maxIdle
    for (const run of this.openRuns) {
      const left = this.#maxIdle - (now - run.seenAt)
      if (left > 0) next = Math.min(next, left)
      else this.#abandon(run, 'too-old')
    }
    this.#timer.stop()
    if (this.#open.size > 0) this.#timer.start(next)
  }

  /** The run that was silent for the longest time; the oldest of several. */
  #mostIdle(): Run {
    let found: Run | undefined
    for (const run of this.#open.values()) if (!found || run.seenAt < found.seenAt) found = run
    return found as Run
  }

  #abandon(run: Run, why: AbandonReason): void {
    this.#release(run)
    this.#abandoned.note(run.uid, why)
    run.noteAbandoned(why)
    this.emit('abandoned', run, why)
  }

  #release(run: Run): void {
    this.#open.delete(run.uid)
    this.#owners.removeAll(run)
    if (this.#open.size === 0) this.#timer.stop()
  }
}
