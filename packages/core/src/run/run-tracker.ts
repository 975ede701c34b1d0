import type { DocumentMessage } from '../documents/messages.js'
import { SteadyEmitter } from '../errors/steady-emitter.js'
import { Run } from './run.js'

/** What a tracker notices besides the runs themselves. */
export interface RunTrackerEvents {
  /** A run began with its Run Start. */
  opened: (run: Run) => void
  /** A run was joined in the middle: its Run Start did not come. */
  joined: (run: Run) => void
  /** A run's Run Stop came; nothing of it comes any more. */
  stopped: (run: Run) => void
  /** A Run Stop came for a run whose Run Start did not. */
  'stop-without-start': (run: Run) => void
  /** A Run Start or Run Stop came again. */
  duplicate: (message: DocumentMessage, run: Run) => void
  /** A document whose run can't be told: its descriptor or resource did not come. */
  unattributed: (message: DocumentMessage) => void
  /** So many runs are open that the oldest was given up. */
  abandoned: (run: Run) => void
}

/** How a {@link RunTracker} bounds its memory. */
export interface RunTrackerOptions {
  /**
   * Runs that may be open at once; beyond it the oldest is given up.
   *
   * @defaultValue 1000
   */
  maxOpenRuns?: number
}

/** How many stopped runs are remembered, to tell a second Run Stop from one without a start. */
const rememberedStops = 1000

/** Which documents belong together: keeps the open runs and gives each document to its own. */
export class RunTracker extends SteadyEmitter<RunTrackerEvents> {
  readonly #maxOpenRuns: number
  readonly #open = new Map<string, Run>()
  readonly #stopped = new Set<string>()
  /** Open runs by the uids of their descriptors, resources and stream resources. */
  readonly #owners = new Map<string, Run>()
  readonly #owned = new Map<Run, string[]>()

  constructor({ maxOpenRuns = 1000 }: RunTrackerOptions = {}) {
    super()
    this.#maxOpenRuns = maxOpenRuns
  }

  /** The runs whose Run Stop has not come, oldest first. */
  get openRuns(): readonly Run[] {
    return [...this.#open.values()]
  }

  /** Knows an open run again, from before a restart; one that has stopped or is known is left out. */
  restore(run: Run): void {
    if (run.stopped || this.#open.has(run.uid)) return
    this.#keep(run)
    for (const { uid } of run.descriptors) this.#own(uid, run)
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
      this.emit('duplicate', message, run)
      return null
    }
    run.add(message)
    if (message.name === 'start') this.emit('opened', run)
    return run
  }

  /** Lets go of a run once its Run Stop has been passed on. */
  close(run: Run): void {
    this.#release(run)
    this.#stopped.add(run.uid)
    if (this.#stopped.size > rememberedStops) {
      const [oldest] = this.#stopped
      this.#stopped.delete(oldest as string)
    }
    if (run.started) this.emit('stopped', run)
    else this.emit('stop-without-start', run)
  }

  #runOf(message: DocumentMessage): Run | null {
    switch (message.name) {
      case 'start':
        return this.#open.get(message.doc.uid) ?? this.#begin(message.doc.uid)
      case 'stop':
        return this.#runOfStop(message)
      case 'descriptor':
        return this.#own(message.doc.uid, this.#named(message.doc.run_start))
      case 'resource':
        return this.#own(message.doc.uid, this.#named(message.doc.run_start))
      case 'stream_resource':
        return this.#own(message.doc.uid, this.#named(message.doc.run_start))
      case 'event':
      case 'event_page':
        return this.#owners.get(message.doc.descriptor) ?? null
      case 'stream_datum':
        // one that was composed and not yet given to a descriptor still has its resource
        return (
          this.#owners.get(message.doc.descriptor) ??
          this.#owners.get(message.doc.stream_resource) ??
          null
        )
      case 'datum':
      case 'datum_page':
        return this.#owners.get(message.doc.resource) ?? null
      case 'bulk_events':
        return this.#owners.get(Object.keys(message.doc)[0] ?? '') ?? null
      case 'bulk_datum':
        return this.#owners.get(String((message.doc as { resource?: unknown }).resource)) ?? null
    }
  }

  #runOfStop(message: DocumentMessage & { name: 'stop' }): Run {
    const uid = message.doc.run_start
    const open = this.#open.get(uid)
    if (open) return open
    const run = new Run(uid)
    // a stop that was seen before has nothing left to say
    if (this.#stopped.has(uid)) run.add(message)
    return run
  }

  /** The open run of that uid, or one that is joined in the middle. */
  #named(uid: unknown): Run | null {
    if (typeof uid !== 'string') return null
    const open = this.#open.get(uid)
    if (open) return open
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
    this.#open.set(run.uid, run)
    if (this.#open.size > this.#maxOpenRuns) {
      const [oldest] = this.#open.values()
      this.#release(oldest as Run)
      this.emit('abandoned', oldest as Run)
    }
  }

  #own(uid: string, run: Run | null): Run | null {
    if (!run || this.#owners.get(uid) === run) return run
    this.#owners.set(uid, run)
    const owned = this.#owned.get(run)
    if (owned) owned.push(uid)
    else this.#owned.set(run, [uid])
    return run
  }

  #release(run: Run): void {
    this.#open.delete(run.uid)
    for (const uid of this.#owned.get(run) ?? []) {
      if (this.#owners.get(uid) === run) this.#owners.delete(uid)
    }
    this.#owned.delete(run)
  }
}
