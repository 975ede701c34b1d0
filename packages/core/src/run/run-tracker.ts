import type { DocumentMessage } from '../documents/messages.js'
import { SteadyEmitter } from '../errors/steady-emitter.js'
import { BackgroundTimer } from './background-timer.js'
import { DocumentOwners } from './document-owners.js'
import { Recent } from './recent.js'
import type { AbandonReason } from './run-record.js'
import type { RunTrackerEvents } from './run-tracker-events.js'
import { type RunTrackerOptions, withRunTrackerDefaults } from './run-tracker-options.js'
import { Run } from './run.js'

/** How many runs are remembered that have stopped, and how many that were given up, to tell late documents. */
const remembered = 1000

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
  readonly #stopped = new Recent<true>(remembered)
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

  /** Takes in a document; returns the run that it belongs to, or null if that can't be told. */
  add(message: DocumentMessage): Run | null {
    const run = this.#runOf(message)
    if (!run) {
      this.emit('unattributed', message)
      return null
    }
    const again =
      (message.name === 'start' && run.started) || (message.name === 'stop' && run.stopped)
    if (again) {
      run.noteDuplicate()
      this.emit('duplicate', message, run)
      return null
    }
    switch (message.name) {
      case 'start':
        run.add(message)
        this.emit('opened', run)
        break
      case 'descriptor':
      case 'resource':
      case 'stream_resource':
        this.#addOwner(message, run)
        break
      default:
        for (const gap of run.add(message)) this.emit('gap', run, gap)
    }
    return run
  }

  /** Lets go of a run once its Run Stop has been passed on. */
  close(run: Run): void {
    this.#release(run)
    this.#stopped.note(run.uid, true)
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

  #runOf(message: DocumentMessage): Run | null {
    switch (message.name) {
      case 'start':
        return this.#runOfStart(message.doc.uid)
      case 'stop':
        return this.#runOfStop(message)
      case 'descriptor':
      case 'resource':
      case 'stream_resource':
        return this.#runNamed(message.doc.run_start)
      default:
        return this.#owners.of(message)
    }
  }

  #runOfStart(uid: string): Run {
    // what comes once more from its beginning, as from a recording, is a run like any other
    this.#forgetEnd(uid)
    return this.#open.get(uid) ?? this.#begin(uid)
  }

  #forgetEnd(uid: string): void {
    this.#stopped.forget(uid)
    this.#abandoned.forget(uid)
  }

  #runOfStop(message: DocumentMessage & { name: 'stop' }): Run {
    const uid = message.doc.run_start
    const run = this.#open.get(uid) ?? new Run(uid)
    const abandoned = this.#abandoned.get(uid)
    if (abandoned) run.noteAbandoned(abandoned)
    // a stop that was seen before has nothing left to say
    if (this.#stopped.has(uid)) run.add(message)
    return run
  }

  /** The open run of that uid, or one that is joined in the middle. */
  #runNamed(uid: unknown): Run | null {
    if (typeof uid !== 'string') return null
    const open = this.#open.get(uid)
    if (open) return open
    // late, as by a second proxy: a run that begins now would never stop
    if (this.#stopped.has(uid)) return null
    const run = this.#begin(uid)
    this.emit('joined', run)
    return run
  }

  #begin(uid: string): Run {
    const run = new Run(uid)
    this.#keep(run)
    return run
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
    const { uid } = message.doc
    const known = this.#owners.has(uid, run)
    const oldest = run.oldestResource
    run.add(message)
    if (known) return
    this.#owners.add(uid, run)
    // a run remembers its latest resources only
    if (oldest !== undefined && run.oldestResource !== oldest) this.#owners.remove(oldest, run)
    this.emit('described', run)
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
