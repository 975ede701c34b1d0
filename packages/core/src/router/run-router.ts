import type { EventEmitter } from 'eventemitter3'

import type { DocumentMessage } from '../documents/messages.js'
import { SteadyEmitter, throwLater } from '../errors/steady-emitter.js'
import type { Job, JobStatus } from '../jobs/job.js'
import type { JobQueue, Performer } from '../jobs/job-queue.js'
import { MemoryJobQueue } from '../jobs/memory-job-queue.js'
import { type CompiledRule, compileRules, type Rule } from '../rules/rule.js'
import { Run, type RunRecord } from '../run/run.js'
import { RunTracker, type RunTrackerEvents, type RunTrackerOptions } from '../run/run-tracker.js'
import { decide, type Decision } from './decide.js'
import { FactoryRoutes, type RunFactory } from './factory-routes.js'
import { type EntryGiven, entryOf, freeName, type RuleGiven } from './given.js'
import { runInPlace, type ActionRunner } from './run-action.js'
import type { DocumentSpool, SpooledRun } from './spool.js'

/** What a {@link RunRouter} says; the tracker's events besides. */
export interface RunRouterEvents extends RunTrackerEvents {
  /** What was decided for a run that has stopped; its jobs are queued next. */
  decided: (decision: Decision) => void
  /** The queue has the jobs of a decision; those that it did not know yet are named once more. */
  queued: (decision: Decision, added: readonly Job[]) => void
  /** A job stands elsewhere than before. */
  job: (status: JobStatus) => void
  /** A factory, a callback or a listener to these events threw on a document; the others go on. */
  'callback-error': (error: unknown, message: DocumentMessage) => void
  /** A run, or one rule of it, could not be decided, or its jobs not be queued. */
  'decision-error': (error: unknown, run: Run) => void
}

/** How a {@link RunRouter} works. */
export interface RunRouterOptions extends RunTrackerOptions {
  /**
   * Where jobs go. A queue given here is started by who gives it, with {@link RunRouter.performer}.
   *
   * @defaultValue a {@link MemoryJobQueue} of its own
   */
  queue?: JobQueue
  /**
   * Keeps the documents of runs for the entries that want them.
   *
   * @defaultValue none: such an entry fails with a message
   */
  spool?: DocumentSpool | undefined
  /**
   * Runs one attempt of an action.
   *
   * @defaultValue in place, without a results folder; core's main entry gives one on disk
   */
  runAction?: ActionRunner
}

export type { EntryGiven, RuleGiven } from './given.js'

/**
 * Follows runs, and acts when they have stopped: by event_model's factories, by rules, or both. Mirrors
 * `event_model.RunRouter` and adds rules with actions.
 *
 * @example
 * ```ts
 * import { defineAction, RunRouter } from '@prompt-papermill/core'
 *
 * const logbook = defineAction({
 *   name: 'logbook',
 *   async run(run, { logger }) {
 *     logger.info({ uid: run.uid }, 'noted')
 *     return { state: 'succeeded' }
 *   },
 * })
 * const router = new RunRouter()
 * router.on({ when: { plan_name: 'count' } }, logbook)
 * router.dispatch({ name: 'start', doc: { uid: 'a', time: 0, plan_name: 'count' } })
 * router.dispatch({
 *   name: 'stop',
 *   doc: { uid: 'b', time: 1, run_start: 'a', exit_status: 'success' },
 * })
 * await router.settled()
 * ```
 */
export class RunRouter {
  readonly events: EventEmitter<RunRouterEvents> = new SteadyEmitter<RunRouterEvents>((error) =>
    this.#tellFailure(error),
  )
  readonly queue: JobQueue
  readonly #tracker: RunTracker
  readonly #routes: FactoryRoutes
  readonly #spool: DocumentSpool | undefined
  readonly #runAction: ActionRunner
  readonly #spooled = new Map<Run, SpooledRun>()
  readonly #deciding = new Set<Promise<void>>()
  #rules: readonly CompiledRule[] = []
  /** What is being dispatched, for `callback-error`. */
  #current: DocumentMessage | null = null

  constructor(factories: readonly RunFactory[] = [], options: RunRouterOptions = {}) {
    this.#tracker = new RunTracker(options)
    this.#routes = new FactoryRoutes(factories, (error, message) =>
      this.events.emit('callback-error', error, message),
    )
    this.#spool = options.spool
    this.#runAction = options.runAction ?? runInPlace
    this.queue = options.queue ?? new MemoryJobQueue()
    this.queue.events.on('status', (status) => this.events.emit('job', status))
    if (!options.queue) void this.queue.start(this.performer)
    this.#forwardTracker()
  }

  /** The rules in force. */
  get rules(): readonly CompiledRule[] {
    return this.#rules
  }

  /** The runs whose Run Stop has not come, oldest first. */
  get openRuns(): readonly Run[] {
    return this.#tracker.openRuns
  }

  /**
   * Adds a rule with what to do when a run matches it.
   *
   * @throws BlueskyError `bad-query`, `bad-option` or `duplicate-name`.
   */
  on(rule: RuleGiven, ...entries: readonly EntryGiven[]): this {
    const rules = this.#rules.map((compiled) => compiled.rule)
    const name = rule.name ?? freeName(rules)
    this.setRules([...rules, { ...rule, name, entries: entries.map(entryOf) }])
    return this
  }

  /**
   * Puts other rules in force. A run is decided once, when it stops, by the rules then in force.
   *
   * @throws BlueskyError as {@link RunRouter.on}; the rules before stay in force then.
   */
  setRules(rules: readonly Rule[]): void {
    this.#rules = compileRules(rules)
  }

  /** Knows an open run again, from before a restart. */
  restore(record: RunRecord): void {
    this.#tracker.restore(Run.fromRecord(record))
  }

  /** Takes in one document. Returns at once: what follows from it happens later. */
  dispatch(message: DocumentMessage): void {
    const outer = this.#current
    this.#current = message
    const run = this.#tracker.add(message)
    if (run) {
      this.#keep(run, message)
      this.#routes.dispatch(run, message)
      if (message.name === 'stop') {
        this.#tracker.close(run)
        if (run.started) this.#decideSoon(run)
      }
    } else {
      // its run can't be told; a resource without one is for all of them
      this.#routes.dispatch(null, message)
    }
    this.#current = outer
  }

  /** Resolves when every run that has stopped is decided and its jobs have ended. */
  async settled(): Promise<void> {
    await this.decided()
    await this.queue.idle()
  }

  /** Resolves when every run that has stopped is decided and its jobs are queued. */
  async decided(): Promise<void> {
    while (this.#deciding.size > 0) await Promise.all(this.#deciding)
  }

  /** Performs an attempt of a job with the entry that made it: what the queue is started with. */
  readonly performer: Performer = async (job, request) => {
    // what lacks its parameters or documents lacks them in a rerun too
    if (job.decided?.state === 'failed') return { result: job.decided, resultsDir: null }
    const run = Run.fromRecord(job.run)
    const rule = this.#rules.find((compiled) => compiled.rule.name === job.rule)
    const entries = rule ? await rule.entriesOf(run) : []
    const entry = entries.find(({ name }) => name === job.entry)
    if (!entry) {
      const message = `the rule ${job.rule} has no entry ${job.entry} any more`
      return { result: { state: 'failed', reason: 'not-started', message }, resultsDir: null }
    }
    return this.#runAction({ job, run, action: entry.action, request })
  }

  #keep(run: Run, message: DocumentMessage): void {
    if (message.name === 'start' && this.#spool && this.#mayWantDocuments(run)) {
      this.#spooled.set(run, this.#spool.open(run))
    }
    this.#spooled.get(run)?.write(message)
  }

  #mayWantDocuments(run: Run): boolean {
    return this.#rules.some(
      ({ wantsDocuments, query }) => wantsDocuments && query(run).matched !== false,
    )
  }

  #decideSoon(run: Run): void {
    const deciding = this.#decide(run)
      .catch((error: unknown) => {
        this.events.emit('decision-error', error, run)
      })
      .finally(() => this.#deciding.delete(deciding))
    this.#deciding.add(deciding)
  }

  async #decide(run: Run): Promise<void> {
    const spooled = this.#spooled.get(run)
    this.#spooled.delete(run)
    const failed = (error: unknown): void => {
      this.events.emit('decision-error', error, run)
    }
    const decision = await decide(run, this.#rules, spooled ?? null, failed)
    this.events.emit('decided', decision)
    this.events.emit('queued', decision, await this.queue.add(decision.jobs))
  }

  #tellFailure(error: unknown): void {
    const message = this.#current
    if (!message || this.events.listenerCount('callback-error') === 0) {
      throwLater(error)
      return
    }
    // a listener that fails on failures is not told of that, for ever
    this.#current = null
    this.events.emit('callback-error', error, message)
    this.#current = message
  }

  #forwardTracker(): void {
    const tracker = this.#tracker
    tracker.on('opened', (run) => this.events.emit('opened', run))
    tracker.on('joined', (run) => this.events.emit('joined', run))
    tracker.on('stopped', (run) => this.events.emit('stopped', run))
    tracker.on('stop-without-start', (run) => this.events.emit('stop-without-start', run))
    tracker.on('duplicate', (message, run) => this.events.emit('duplicate', message, run))
    tracker.on('unattributed', (message) => this.events.emit('unattributed', message))
    tracker.on('abandoned', (run) => {
      this.#routes.forget(run)
      const discarded = this.#spooled.get(run)?.discard()
      discarded?.catch((error: unknown) => this.events.emit('decision-error', error, run))
      this.#spooled.delete(run)
      this.events.emit('abandoned', run)
    })
  }
}
