import {
  type Decision,
  isEndState,
  type Job,
  type JobStatus,
  type Run,
} from '@prompt-papermill/core'

/** Told what was measured, in seconds. */
export interface JobTimes {
  waited(job: Job, seconds: number): void
  worked(job: Job, seconds: number): void
  result(job: Job, seconds: number): void
}

/** What was noted of a job that has not ended, in milliseconds of a clock that nobody sets. */
interface Marks {
  /** When its run's Run Stop came; left out for reruns, recordings, and after a restart. */
  stop?: number | undefined
  queued?: number | undefined
  began?: number | undefined
}

/** Results are those that were worked for. */
const resultStates: ReadonlySet<string> = new Set(['succeeded', 'no-data', 'failed'])

/** Times jobs by what is told of them. It knows only those that have not ended. */
export class JobClocks {
  readonly #times: JobTimes
  readonly #stops = new WeakMap<Run, number>()
  readonly #marks = new Map<string, Marks>()

  constructor(times: JobTimes) {
    this.#times = times
  }

  stopped(run: Run): void {
    // what a recording or a data server brings is late anyway
    if (run.origin === 'live') this.#stops.set(run, performance.now())
  }

  decided({ run, jobs }: Decision): void {
    const stop = this.#stops.get(run)
    if (stop === undefined) return
    for (const { id } of jobs) if (!this.#marks.has(id)) this.#marks.set(id, { stop })
  }

  /** Those of the jobs that were known before are none of this run's. */
  queued(jobs: readonly Job[], added: readonly Job[]): void {
    const fresh = new Set(added.map(({ id }) => id))
    for (const { id } of jobs) if (!fresh.has(id)) this.#forgetNew(id)
  }

  /** Nothing of it is queued. */
  undecided(run: Run): void {
    const stop = this.#stops.get(run)
    if (stop === undefined) return
    for (const [id, marks] of this.#marks) {
      if (marks.stop === stop) this.#forgetNew(id)
    }
  }

  moved(status: JobStatus): void {
    const { job, state } = status
    const now = performance.now()
    const marks = this.#marks.get(job.id) ?? {}
    this.#marks.set(job.id, marks)
    if (state.state === 'running') {
      this.#began(status, marks, now)
      return
    }
    if (marks.began !== undefined) this.#times.worked(job, (now - marks.began) / 1000)
    marks.began = undefined
    marks.queued = state.state === 'queued' && status.tries === 0 ? now : undefined
    if (!isEndState(state)) return
    if (marks.stop !== undefined && resultStates.has(state.state)) {
      this.#times.result(job, (now - marks.stop) / 1000)
    }
    this.#marks.delete(job.id)
  }

  /** Also told again as the attempt goes on. */
  #began({ job, tries }: JobStatus, marks: Marks, now: number): void {
    if (marks.began !== undefined) return
    marks.began = now
    if (marks.queued !== undefined && tries === 1) {
      this.#times.waited(job, (now - marks.queued) / 1000)
    }
    marks.queued = undefined
  }

  /** A job that nothing was told of yet. */
  #forgetNew(id: string): void {
    const marks = this.#marks.get(id)
    if (marks && marks.queued === undefined && marks.began === undefined) this.#marks.delete(id)
  }
}
