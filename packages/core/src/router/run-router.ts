import type { EventEmitter } from 'eventemitter3'

import type { DocumentMessage } from '../documents/messages.js'
import { EventModelError } from '../errors/event-model-errors.js'
import { SteadyEmitter, throwLater } from '../errors/steady-emitter.js'
import type { Job } from '../jobs/job.js'
import type { JobQueue, Performer, ReadyCheck } from '../jobs/job-queue.js'
import { MemoryJobQueue } from '../jobs/memory-job-queue.js'
import {
  type CompiledRule,
  compileRules,
  type Entry,
  type Rule,
  ruleLimits,
  waitOf,
} from '../rules/rule.js'
import type { RunRecord } from '../run/run-record.js'
import { RunTracker } from '../run/run-tracker.js'
import { runTrackerEventNames } from '../run/run-tracker-events.js'
import { Run } from '../run/run.js'
import { decide } from './decide.js'
import type { DispatchOptions } from './document-router.js'
import { FactoryRoutes, type RunFactory } from './factory-routes.js'
import { type EntryGiven, entryOf, freeName, type RuleGiven } from './given.js'
import { type ActionRunner, runInPlace } from './run-action.js'
import { KeptDocuments } from './kept-documents.js'
import type { RunRouterEvents, RunRouterOptions } from './run-router-options.js'

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
  /** What it says of runs, decisions and jobs. A listener that throws keeps nothing from the others. */
  readonly events: EventEmitter<RunRouterEvents> = new SteadyEmitter<RunRouterEvents>((error) =>
    this.#tellFailure(error),
  )
  /** Where its jobs go: the queue that it was given, or its own. */
  readonly queue: JobQueue
  readonly #ownsQueue: boolean
  readonly #tracker: RunTracker
  readonly #routes: FactoryRoutes
  readonly #kept: KeptDocuments
  readonly #runAction: ActionRunner
  readonly #received: RunRouterOptions['received']
  readonly #deciding = new Set<Promise<void>>()
  #rules: readonly CompiledRule[] = []
  /** What is being dispatched, for `callback-error`. */
  #current: DocumentMessage | null = null

  /**
   * @param factories - event_model's: who receives the documents of each run. Rules come by {@link RunRouter.on}.
   * @throws BlueskyError `bad-option` for a bound that is none.
   */
  constructor(factories: readonly RunFactory[] = [], options: RunRouterOptions = {}) {
    this.#tracker = new RunTracker(options)
    this.#routes = new FactoryRoutes(factories, (error, message) =>
      this.#tellCallbackFailure(error, message),
    )
    this.#kept = new KeptDocuments(options.spool)
    this.#runAction = options.runAction ?? runInPlace
    this.#received = options.received
    this.queue = options.queue ?? new MemoryJobQueue()
    this.queue.events.on('status', (status) => this.events.emit('job', status))
    this.#ownsQueue = !options.queue
    if (this.#ownsQueue) void this.queue.start(this.performer, this.ready)
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
    if (this.#ownsQueue) void this.queue.setLimits({ rules: ruleLimits(rules) })
  }

  /**
   * Knows an open run again, from before a restart; a record of one that has stopped, was given up or is
   * known is left out. More than `maxOpenRuns` are not kept: those given first are given up, with the event.
   *
   * The factories are asked about it with its Run Start, and their callbacks get that and its descriptors, as
   * far as the record has them. Events from before the restart come to none of them, which
   * {@link Run.restored} tells a factory: one whose callbacks need all events returns `[[], []]` then. Its
   * documents up to now are not kept, so that an entry with `documents: true` fails with a message, and one
   * with `if-kept` goes without.
   */
  restore(record: RunRecord): void {
    const run = Run.fromRecord(record)
    if (this.#tracker.restore(run) && run.started) this.#routes.restore(run)
  }

  /**
   * Tells that the connection through which documents come was lost: all open runs are interrupted, with an
   * event each.
   *
   * @example
   * ```ts
   * import { RemoteDispatcher, RunRouter } from '@prompt-papermill/core'
   *
   * const router = new RunRouter()
   * const dispatcher = new RemoteDispatcher('localhost:5578')
   * dispatcher.on('disconnected', () => router.connectionLost())
   * router.events.on('interrupted', (run) => console.warn(run.uid, run.interruptions))
   * ```
   */
  connectionLost(): void {
    this.#tracker.connectionLost()
  }

  /**
   * Takes in one document. Returns at once: what follows from it happens later.
   *
   * What came before, as by a second proxy, goes nowhere, and of a page of which some rows came before the
   * rest goes on; so with all of a run that has stopped, unless {@link RunRouter.forget} is called first.
   *
   * @param options - `origin`: which way it came, for `Run.origin`; `live` unless given.
   */
  dispatch(message: DocumentMessage, { origin }: Pick<DispatchOptions, 'origin'> = {}): void {
    const outer = this.#current
    this.#current = message
    const { run, message: unseen } = this.#tracker.take(message, origin)
    if (unseen) this.#passOn(run, unseen)
    this.#current = outer
  }

  /**
   * Drops what is known of a run that is to come anew, whole, as catch-up gets it from a data server: an open
   * one is given up, with `abandoned` and the reason `replaced`, its kept documents and callbacks are let go,
   * and one that has stopped may come once more.
   *
   * @returns whether it was open.
   *
   * @example
   * ```ts
   * import { RunRouter } from '@prompt-papermill/core'
   * import { makeRunDocuments } from '@prompt-papermill/core/testing'
   *
   * const router = new RunRouter()
   * const { uid, messages } = makeRunDocuments()
   * // its stop was lost
   * for (const message of messages.slice(0, -1)) router.dispatch(message)
   * console.log(router.forget(uid)) // true
   * for (const message of messages) router.dispatch(message, { origin: 'catch-up' })
   * ```
   */
  forget(uid: string): boolean {
    return this.#tracker.forget(uid)
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
    const found = await this.#entryOf(job, run)
    if (!found) {
      const message = `the rule ${job.rule} has no entry ${job.entry} any more`
      return { result: { state: 'failed', reason: 'not-started', message }, resultsDir: null }
    }
    return this.#runAction({ job, run, action: found.entry.action, request })
  }

  /** Looks whether what a job waits for is there: what the queue is started with, too. */
  readonly ready: ReadyCheck = async (job, signal) => {
    const run = Run.fromRecord(job.run)
    const found = await this.#entryOf(job, run)
    // without its entry, or a reason to wait, it runs, or says itself why it can't
    const wait = found && waitOf(found.rule, found.entry)
    return wait ? wait.for.check(run, signal) : { ready: true }
  }

  /** The entry that made a job, as the rules have it now. */
  async #entryOf(job: Job, run: Run): Promise<{ rule: Rule; entry: Entry } | undefined> {
    const compiled = this.#rules.find(({ rule }) => rule.name === job.rule)
    if (!compiled) return undefined
    const entry = (await compiled.entriesOf(run)).find(({ name }) => name === job.entry)
    return entry && { rule: compiled.rule, entry }
  }

  readonly #mayWantDocuments = (run: Run): boolean =>
    this.#rules.some(({ wantsDocuments, query }) => wantsDocuments && query(run).matched !== false)

  /** @param run - null if that can't be told: a resource without one is for all of them */
  #passOn(run: Run | null, message: DocumentMessage): void {
    if (run) this.#kept.add(run, message, this.#mayWantDocuments)
    this.#routes.dispatch(run, message)
    if (!run || message.name !== 'stop') return
    this.#tracker.close(run)
    if (run.started) this.#decideSoon(run)
  }

  #decideSoon(run: Run): void {
    const deciding = this.#decide(run)
      .catch((error: unknown) => {
        // it was not dealt with, so that it may come once more
        this.#tracker.forget(run.uid)
        this.events.emit('decision-error', error, run)
      })
      .finally(() => this.#deciding.delete(deciding))
    this.#deciding.add(deciding)
  }

  async #decide(run: Run): Promise<void> {
    const spooled = this.#kept.take(run)
    const failed = (error: unknown): void => {
      this.events.emit('decision-error', error, run)
    }
    const decision = await decide(run, this.#rules, spooled, failed)
    this.events.emit('decided', decision)
    const jobs = this.#received ? await this.#received(decision) : decision.jobs
    this.events.emit('queued', decision, await this.queue.add(jobs))
  }

  #tellCallbackFailure(error: unknown, message: DocumentMessage): void {
    if (this.events.emit('callback-error', error, message)) return
    // a mistake in the program; a document that can't be made a page of is none
    if (!(error instanceof EventModelError)) throwLater(error)
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
    this.#tracker.on('abandoned', (run) => {
      this.#routes.forget(run)
      const discarded = this.#kept.take(run)?.discard()
      discarded?.catch((error: unknown) => this.events.emit('decision-error', error, run))
    })
    for (const name of runTrackerEventNames) {
      this.#tracker.on(name, (...args: unknown[]) => {
        this.events.emit(name, ...(args as never))
      })
    }
  }
}
