import type { DocumentMessage } from '../documents/messages.js'
import type { Job, JobStatus } from '../jobs/job.js'
import type { JobQueue } from '../jobs/job-queue.js'
import type { RunTrackerEvents } from '../run/run-tracker-events.js'
import type { RunTrackerOptions } from '../run/run-tracker-options.js'
import type { Run } from '../run/run.js'
import type { Decision } from './decide.js'
import type { ActionRunner } from './run-action.js'
import type { DocumentSpool } from './spool.js'

/** What a `RunRouter` says; the tracker's events besides. */
export interface RunRouterEvents extends RunTrackerEvents {
  /** What was decided for a run that has stopped; its jobs are queued next. */
  decided: (decision: Decision) => void
  /** The queue has the jobs of a decision; those that it did not know yet are named once more. */
  queued: (decision: Decision, added: readonly Job[]) => void
  /** A job stands elsewhere than before. */
  job: (status: JobStatus) => void
  /**
   * A factory, a callback or a listener to these events threw on a document; the others go on. If nobody
   * listens to this, the error is thrown again once the document is dealt with, and ends the program as an
   * uncaught error does.
   */
  'callback-error': (error: unknown, message: DocumentMessage) => void
  /** A run, or one rule of it, could not be decided, or its jobs not be queued. */
  'decision-error': (error: unknown, run: Run) => void
}

/** How a `RunRouter` works. */
export interface RunRouterOptions extends RunTrackerOptions {
  /**
   * Where jobs go. A queue given here is started by who gives it, with the router's `performer` and `ready`; the
   * rules' limits on concurrency are that one's to set, too.
   *
   * @defaultValue a `MemoryJobQueue` of its own
   */
  queue?: JobQueue
  /**
   * Keeps the documents of runs for the entries that want them.
   *
   * @defaultValue none: such an entry fails with a message
   */
  spool?: DocumentSpool | undefined
  /**
   * Takes a decision before anything acts on it: where it is to survive the program, it is on a disk when this
   * resolves. Only the jobs that it returns are queued, which leaves out those that an earlier life knew. If it
   * rejects, nothing is queued, and `decision-error` tells.
   *
   * @defaultValue none: all jobs of a decision are queued at once
   */
  received?: ((decision: Decision) => Promise<readonly Job[]>) | undefined
  /**
   * Runs one attempt of an action.
   *
   * @defaultValue in place, without a results folder; core's main entry gives one on disk
   */
  runAction?: ActionRunner
}
