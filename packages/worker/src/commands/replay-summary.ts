import type { ReplayEvent } from '../replay/replay-files.js'
import { count } from './counting.js'
import { jobLine } from './job-line.js'
import type { Progress } from './progress.js'

/** How many dropped frames are told one by one. */
const mostDropped = 10

/** Counts and shows what a replay says. */
export class ReplaySummary {
  readonly #progress: Progress
  #runs = 0
  /** How many there are, where that is known. */
  #all = 0
  #known = 0
  #dropped = 0
  #failed = false
  readonly #states = new Map<string, number>()

  constructor(progress: Progress) {
    this.#progress = progress
  }

  take(event: ReplayEvent): void {
    switch (event.event) {
      case 'decided': {
        this.#runs += 1
        this.#known += event.known.length
        this.#progress.more(event.jobs.length)
        const of = this.#all > 0 ? ` (${this.#runs} of ${this.#all})` : ''
        const known = event.known.length > 0 ? `, ${event.known.length} known already` : ''
        this.#progress.line(
          `${event.uid.slice(0, 8)} ${event.plan_name ?? '(no plan_name)'}: ${count(event.jobs.length, 'job')}${known}${of}`,
        )
        break
      }
      case 'job': {
        const { state } = event.job
        this.#states.set(state, (this.#states.get(state) ?? 0) + 1)
        this.#failed ||= state === 'failed'
        this.#progress.advance()
        this.#progress.line(jobLine(event.job))
        break
      }
      case 'dropped':
        this.#dropped += 1
        if (this.#dropped <= mostDropped) {
          this.#progress.line(`${event.file}: a frame was dropped: ${event.message}`)
        }
        break
      case 'found':
        this.#all = event.runs
        this.#progress.line(`${count(event.runs, 'run')} at ${event.from}`)
        break
      case 'unread':
        this.#failed = true
        this.#progress.line(`${event.from} can't be read: ${event.message}`)
        break
      case 'open':
        this.#progress.line(
          `${event.uid.slice(0, 8)} has no Run Stop in these files, so it was not decided`,
        )
        break
      case 'failed':
        this.#failed = true
        this.#progress.line(event.message)
        break
    }
  }

  /** Takes the bar away, writes the last line, and tells the exit code. */
  end(): number {
    this.#progress.end()
    const states = [...this.#states].map(([state, n]) => `${n} ${state}`).join(', ') || 'no job'
    const known =
      this.#known > 0 ? `; ${count(this.#known, 'job')} skipped that the ledger has` : ''
    const dropped = this.#dropped > 0 ? `; ${count(this.#dropped, 'frame')} dropped` : ''
    process.stdout.write(`${count(this.#runs, 'run')}: ${states}${known}${dropped}\n`)
    return this.#failed ? 1 : 0
  }
}
