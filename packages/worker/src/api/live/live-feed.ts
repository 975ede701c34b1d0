import { isEndState, type JobStatus, type RunRouter, toLosslessJson } from '@prompt-papermill/core'

import { type Client, Clients } from './clients.js'

/** How long changes are gathered before they are told, in milliseconds: so a burst costs each reader one event. */
const gathering = 300

/** More runs than that at once are not told one by one: who watches asks anew. */
const mostRuns = 40

/** How often a run that the ledger does not have yet is looked for again. */
const mostLooks = 10

/** How often it is looked whether the worker is paused or in trouble, while anybody watches, in milliseconds. */
const lookingAtWorker = 2000

/** What a feed is made of. */
export interface FeedSource {
  /** Null: the ledger alone is read. */
  readonly router: RunRouter | null
  /** The run as it is told; null: the ledger does not have it yet. */
  readonly summaryOf: (uid: string) => Promise<object | null>
  /** How the worker is, as it is told. */
  readonly workerNow: () => object | null
  /** Told what could not be read. */
  readonly failed: (error: unknown) => void
}

/**
 * Tells those who watch which runs changed: each change is read and written once, however many watch, and who
 * does not keep up is cut off, which makes its browser connect and ask anew.
 *
 * Events: `hello` first, after which all is to be asked; `run` with its summary; `worker`; `changed`, when more
 * changed than is told.
 */
export class LiveFeed {
  readonly #source: FeedSource
  readonly #clients = new Clients()
  /** Jobs that have not ended, and those that ended since the last round. */
  readonly #statuses = new Map<string, JobStatus>()
  /** Runs to tell of, with how often they were looked for. */
  readonly #changed = new Map<string, number>()
  #timer: NodeJS.Timeout | undefined
  #watching: NodeJS.Timeout | undefined
  #worker = ''
  #closed = false
  readonly #ends: (() => void)[] = []

  constructor(source: FeedSource) {
    this.#source = source
    if (source.router) this.#follow(source.router)
  }

  /** Where a job stands, if its queue has it or had it a moment ago. */
  statusOf(job: string): JobStatus | undefined {
    return this.#statuses.get(job)
  }

  /** How many watch. */
  get watching(): number {
    return this.#clients.size
  }

  /** One more who watches; null: there are too many. */
  connect(): Client | null {
    if (this.#closed) return null
    const client = this.#clients.add()
    if (!client) return null
    this.#worker = JSON.stringify(this.#source.workerNow())
    client.send('hello', this.#worker)
    this.#watching ??= setInterval(() => this.#lookAtWorker(), lookingAtWorker).unref()
    return client
  }

  /** Tells that something changed which can't be told one by one. */
  changedSomewhere(): void {
    this.#clients.send('changed', '{}')
  }

  /** Cuts everybody off. */
  close(): void {
    this.#closed = true
    for (const end of this.#ends) end()
    clearTimeout(this.#timer)
    clearInterval(this.#watching)
    this.#clients.close()
  }

  #follow(router: RunRouter): void {
    const onRun = ({ uid }: { readonly uid: string }): void => this.#note(uid)
    const onJob = (status: JobStatus): void => {
      this.#statuses.set(status.job.id, status)
      this.#note(status.job.run.uid)
    }
    const onQueued = ({ run }: { readonly run: { readonly uid: string } }): void => onRun(run)
    router.events.on('opened', onRun)
    router.events.on('stopped', onRun)
    router.events.on('queued', onQueued)
    router.queue.events.on('status', onJob)
    this.#ends.push(
      () => router.events.off('opened', onRun),
      () => router.events.off('stopped', onRun),
      () => router.events.off('queued', onQueued),
      () => router.queue.events.off('status', onJob),
    )
  }

  #note(uid: string): void {
    this.#changed.set(uid, 0)
    this.#soon()
  }

  #soon(): void {
    if (this.#closed) return
    this.#timer ??= setTimeout(() => {
      this.#tell()
        .catch(this.#source.failed)
        .finally(() => {
          this.#timer = undefined
          if (this.#changed.size > 0) this.#soon()
        })
    }, gathering).unref()
  }

  async #tell(): Promise<void> {
    const looks = [...this.#changed]
    this.#changed.clear()
    // by now the ledger has them
    const ended = [...this.#statuses.values()].filter(({ state }) => isEndState(state))
    if (this.#clients.size === 0 || looks.length > mostRuns) {
      if (looks.length > mostRuns) this.changedSomewhere()
    } else {
      for (const [uid, tries] of looks) await this.#tellRun(uid, tries)
    }
    for (const status of ended) this.#forget(status)
  }

  async #tellRun(uid: string, tries: number): Promise<void> {
    const summary = await this.#source.summaryOf(uid)
    if (summary) this.#clients.send('run', toLosslessJson(summary))
    else if (tries < mostLooks && !this.#changed.has(uid)) this.#changed.set(uid, tries + 1)
  }

  #forget(status: JobStatus): void {
    // it may have begun again meanwhile
    if (this.#statuses.get(status.job.id) === status) this.#statuses.delete(status.job.id)
  }

  #lookAtWorker(): void {
    if (this.#clients.size === 0) {
      clearInterval(this.#watching)
      this.#watching = undefined
      return
    }
    const now = JSON.stringify(this.#source.workerNow())
    if (now !== this.#worker) this.#clients.send('worker', now)
    else this.#clients.keepAlive()
    this.#worker = now
  }
}
