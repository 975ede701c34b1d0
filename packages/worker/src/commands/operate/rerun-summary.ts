import type { RerunEvent } from '../../operations/rerun.js'
import { count } from '../counting.js'
import { jobLine } from '../job-line.js'
import type { Progress } from '../progress.js'

/** What was asked for, as far as it matters to what is shown. */
export interface RerunAsked {
  readonly dryRun: boolean
  readonly wait: boolean
  /** Whether one job or run was named. */
  readonly one: boolean
}

/** Counts and shows what a rerun says. */
export class RerunSummary {
  readonly #progress: Progress
  readonly #asked: RerunAsked
  readonly #states = new Map<string, number>()
  #begun = 0
  #fresh = 0
  #left = 0
  #failed = false

  constructor(progress: Progress, asked: RerunAsked) {
    this.#progress = progress
    this.#asked = asked
  }

  /** How many jobs were, or would be, attempted. */
  get begun(): number {
    return this.#begun
  }

  take(event: RerunEvent): void {
    switch (event.event) {
      case 'rerun': {
        const { id, rule, entry, state, plan_name: plan } = event.job
        this.#begun += 1
        if (event.fresh) this.#fresh += 1
        if (this.#asked.wait && !this.#asked.dryRun) this.#progress.more(1)
        const now = event.fresh ? 'new' : this.#asked.dryRun ? `now ${state}` : state
        this.#progress.line(`${id} ${plan ?? ''} ${rule}/${entry}: ${now}`)
        break
      }
      case 'left':
        this.#left += 1
        this.#progress.line(`${event.id} is left: ${event.message}`)
        break
      case 'job': {
        const { state } = event.job
        this.#states.set(state, (this.#states.get(state) ?? 0) + 1)
        this.#failed ||= state === 'failed'
        this.#progress.advance()
        this.#progress.line(jobLine(event.job))
        break
      }
      case 'failed':
        this.#failed = true
        this.#progress.line(event.message)
        break
    }
  }

  /** Takes the bar away; tells the last line, and the exit code. */
  end(): { readonly text: string; readonly exitCode: 0 | 1 } {
    this.#progress.end()
    const done = this.#asked.dryRun ? 'would be rerun' : 'rerun'
    const fresh = this.#fresh > 0 ? `, ${this.#fresh} of them new` : ''
    const left = this.#left > 0 ? `; ${this.#left} left as they are` : ''
    const states = [...this.#states].map(([state, n]) => `${n} ${state}`).join(', ')
    // of several that were chosen, some may well not be fit for it
    const refused = this.#asked.one && this.#left > 0 && this.#begun === 0
    return {
      text: `${count(this.#begun, 'job')} ${done}${fresh}${left}${states === '' ? '' : `: ${states}`}`,
      exitCode: this.#failed || refused ? 1 : 0,
    }
  }
}
