import type { Job, JobStatus } from './job.js'
import type {
  AttemptOutcome,
  AttemptRequest,
  Performer,
  QueueLimits,
  StopReason,
} from './job-queue.js'

/** What changes about a job while it runs. */
type RunningChange = Pick<JobStatus, 'state'> | Pick<JobStatus, 'attempt' | 'resultsDir'>

/** What is told of an attempt. */
export interface AttemptOwner {
  /** Something changes on the way; not told any more once the attempt has ended. */
  change(change: RunningChange): void
  /** It has ended, and from now on does not count as running. */
  ended(outcome: AttemptOutcome, toldToEnd: boolean): void
}

/** The jobs that run now, each with the means to end it, and how many they may be. */
export class RunningJobs {
  readonly #running = new Map<string, { readonly rule: string; controller: AbortController }>()
  readonly #byRule = new Map<string, number>()

  constructor(public limits: QueueLimits) {}

  get size(): number {
    return this.#running.size
  }

  /** Whether another job may run, of a rule that has room. */
  get hasRoom(): boolean {
    return this.#running.size < this.limits.concurrency
  }

  /** Whether another job of a rule may run. */
  hasRoomFor(rule: string): boolean {
    const { rules } = this.limits
    const limit = Object.hasOwn(rules, rule) ? rules[rule] : undefined
    return limit === undefined || this.#of(rule) < limit
  }

  /** Tells a job to end; false if it does not run. */
  abort(id: string, reason: StopReason): boolean {
    const running = this.#running.get(id)
    running?.controller.abort(reason)
    return running !== undefined
  }

  abortAll(reason: StopReason): void {
    for (const id of this.#running.keys()) this.abort(id, reason)
  }

  /** Has one attempt performed. */
  async perform(
    { job, attempt }: JobStatus,
    performer: Performer,
    owner: AttemptOwner,
    resumed?: { readonly resumed: true },
  ): Promise<void> {
    const controller = new AbortController()
    this.#running.set(job.id, { rule: job.rule, controller })
    this.#byRule.set(job.rule, this.#of(job.rule) + 1)
    const whileRunning = (changed: RunningChange): void => {
      if (this.#running.get(job.id)?.controller === controller) owner.change(changed)
    }
    const outcome = await performSafely(performer, job, {
      attempt,
      signal: controller.signal,
      progress: (progress) => whileRunning({ state: { state: 'running', progress } }),
      opened: ({ attempt: number, resultsDir }) => whileRunning({ attempt: number, resultsDir }),
      ...resumed,
    })
    if (this.#running.get(job.id)?.controller !== controller) return
    this.#running.delete(job.id)
    const left = this.#of(job.rule) - 1
    if (left > 0) this.#byRule.set(job.rule, left)
    else this.#byRule.delete(job.rule)
    owner.ended(outcome, controller.signal.aborted)
  }

  /** Follows none of them any more; they go on. */
  leave(): void {
    this.#running.clear()
    this.#byRule.clear()
  }

  #of(rule: string): number {
    return this.#byRule.get(rule) ?? 0
  }
}

/** A performer promises not to throw; if one does, the job has failed and the queue goes on. */
async function performSafely(
  performer: Performer,
  job: Job,
  request: AttemptRequest,
): Promise<AttemptOutcome> {
  try {
    return await performer(job, request)
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    return { result: { state: 'failed', reason: 'not-started', message }, resultsDir: null }
  }
}
