import type { DocumentSpool, Run, SpooledRun } from '@prompt-papermill/core'

/** A spool that keeps in memory what became of each run's documents. */
export class RecordingSpool implements DocumentSpool {
  /** The names of the documents, by run. */
  readonly written = new Map<string, string[]>()
  readonly finished: string[] = []
  readonly discarded: string[] = []
  /** What `finish` rejects with. */
  failure: Error | undefined

  open({ uid }: Run): SpooledRun {
    const names: string[] = []
    this.written.set(uid, names)
    return {
      write: ({ name }) => names.push(name),
      finish: () => {
        if (this.failure) return Promise.reject(this.failure)
        this.finished.push(uid)
        return Promise.resolve(`/documents/${uid}.jsonl`)
      },
      discard: () => {
        this.discarded.push(uid)
        return Promise.resolve()
      },
    }
  }
}
