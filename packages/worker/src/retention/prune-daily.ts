import type { RetentionAges } from '../config/config.js'
import type { Ledger } from '../ledger/ledger.js'
import type { WorkerLogger } from '../log/logger.js'
import { prune, type PrunePlace } from './prune.js'

/** When it is done first after the start, and how often after that; milliseconds. */
export const pruningTimes = { first: 10 * 60_000, every: 24 * 60 * 60_000 }

/** How far the time of day was set since this was made. */
class ClockWatch {
  readonly #offset = Date.now() - performance.now()

  hoursOff(): number {
    return (Date.now() - performance.now() - this.#offset) / 3_600_000
  }
}

/** Removes once a day what the config says is too old; nothing, ever, where it says nothing. */
export class DailyPruning {
  readonly #place: PrunePlace & { readonly ledger: Ledger }
  readonly #ages: () => RetentionAges
  readonly #logger: WorkerLogger
  #timer: ReturnType<typeof setTimeout> | undefined
  #underWay: Promise<void> = Promise.resolve()
  #closed = false
  readonly #clock = new ClockWatch()

  /** @param ages - asked each time, since the config may change. */
  constructor(
    place: PrunePlace & { readonly ledger: Ledger },
    ages: () => RetentionAges,
    logger: WorkerLogger,
  ) {
    this.#place = place
    this.#ages = ages
    this.#logger = logger
  }

  start(): void {
    this.#after(pruningTimes.first)
  }

  /** Begins no more, and waits for what is under way. */
  async close(): Promise<void> {
    this.#closed = true
    clearTimeout(this.#timer)
    await this.#underWay
  }

  #after(ms: number): void {
    this.#timer = setTimeout(() => {
      this.#underWay = this.#pruneNow().finally(() => {
        if (!this.#closed) this.#after(pruningTimes.every)
      })
    }, ms)
    this.#timer.unref()
  }

  async #pruneNow(): Promise<void> {
    const ages = this.#ages()
    if (Object.values(ages).every((age) => age === null)) return
    const hours = this.#clock.hoursOff()
    if (Math.abs(hours) > 1) {
      this.#logger.warn(
        `the clock was set by ${hours.toFixed(1)} hours while the worker ran, so that nothing is removed by its age; if it is right now, start the worker anew, or run \`prompt-papermill prune\``,
      )
      return
    }
    try {
      const pruned = await prune(this.#place, { ages, newestToo: false, dryRun: false })
      const { refused, ...counts } = pruned
      for (const why of refused.slice(0, 10)) this.#logger.warn(`retention: ${why}`)
      this.#logger.info({ ...counts, refused: refused.length }, 'removed what was too old')
      await this.#place.ledger.act({
        who: 'retention',
        what: 'prune',
        details: { ...counts, ages },
      })
    } catch (err) {
      this.#logger.error({ err }, 'what is too old could not be removed')
    }
  }
}
