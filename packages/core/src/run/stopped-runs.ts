import type { DocumentMessage } from '../documents/messages.js'
import { findOwner } from './document-owners.js'
import { Recent } from './recent.js'
import { Run } from './run.js'

/** How many runs that have stopped are remembered. */
const most = 1000

/** How many of their descriptors and resources are, in all and of one run. */
const mostOwned = 10_000
const mostOfOne = 1000

interface Stopped {
  /** Whether its Run Start came. */
  readonly started: boolean
  /** Stands for it in what is said of documents that come again. */
  again: Run | undefined
}

/** The runs that stopped lately, to know what comes of them once more. */
export class StoppedRuns {
  readonly #runs = new Recent<Stopped>(most)
  /** Whose they are, by the uids of descriptors, resources and stream resources. */
  readonly #owners = new Recent<string>(mostOwned)

  add(run: Run): void {
    this.#runs.note(run.uid, { started: run.started, again: undefined })
    for (const uid of run.owned.slice(-mostOfOne)) this.#owners.note(uid, run.uid)
  }

  has(uid: string): boolean {
    return this.#runs.has(uid)
  }

  /** Whether a run of that uid stopped of which the Run Start came: it was dealt with. */
  hasWhole(uid: string): boolean {
    return this.#runs.get(uid)?.started === true
  }

  forget(uid: string): void {
    this.#runs.forget(uid)
  }

  /** A stand-in for the run that a document of no open run is of, or null if that is not known. */
  of(message: DocumentMessage): Run | null {
    const uid = this.#uidOf(message)
    const stopped = uid === undefined ? undefined : this.#runs.get(uid)
    if (!stopped) return null
    this.#noteOwner(message)
    return (stopped.again ??= new Run(uid as string))
  }

  /** What refers to a descriptor or resource that came late is of the run, too. */
  #noteOwner({ name, doc }: DocumentMessage): void {
    if (name !== 'descriptor' && name !== 'resource' && name !== 'stream_resource') return
    if (typeof doc.run_start === 'string') this.#owners.note(doc.uid, doc.run_start)
  }

  #uidOf(message: DocumentMessage): string | undefined {
    switch (message.name) {
      case 'start':
        return message.doc.uid
      case 'stop':
      case 'descriptor':
      case 'resource':
      case 'stream_resource':
        return message.doc.run_start
      default:
        return findOwner(message, this.#owners) ?? undefined
    }
  }
}
