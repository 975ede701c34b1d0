import type { DocumentMessage } from '../documents/messages.js'
import type { Run } from '../run/run.js'
import type { DocumentSpool, SpooledRun } from './spool.js'

/** The documents of open runs that somebody may want. */
export class KeptDocuments {
  readonly #spool: DocumentSpool | undefined
  readonly #runs = new Map<Run, SpooledRun>()

  /**
   * @param spool - where they are kept; undefined: nowhere.
   */
  constructor(spool: DocumentSpool | undefined) {
    this.#spool = spool
  }

  /**
   * Keeps one document of a run, if the run's are kept.
   *
   * @param wanted - whether the run's documents may be wanted; asked once, at its Run Start.
   */
  add(run: Run, message: DocumentMessage, wanted: (run: Run) => boolean): void {
    // what is not whole from the first is not the run's documents
    if (message.name === 'start' && !run.joined && this.#spool && wanted(run)) {
      this.#runs.set(run, this.#spool.open(run))
    }
    this.#runs.get(run)?.write(message)
  }

  /** Hands over what was kept of a run; null if nothing was. */
  take(run: Run): SpooledRun | null {
    const spooled = this.#runs.get(run) ?? null
    this.#runs.delete(run)
    return spooled
  }
}
