import type { WorkerLogger } from '../../log/logger.js'
import type { Connection } from './connection.js'
import type { Executor } from './executor.js'
import { claimIntake } from './intake.js'
import type { Keys } from './keys.js'
import { type ExecutorCard, present } from './presence.js'
import type { QueueTiming } from './timing.js'

/** What is looked at, and who is told. */
export interface PlacesOptions {
  readonly connection: Connection
  readonly keys: Keys
  readonly timing: QueueTiming
  readonly logger: WorkerLogger
  /** Who the intake is. */
  readonly identity: string
  /** By what executors know the folders that they share with it. */
  readonly marks: readonly string[]
  /** The executor in this process. */
  readonly own: () => Executor | null
  readonly changed: () => void
}

/** How many attempts may be under way: the places of all executors that are there. */
export class Places {
  readonly #options: PlacesOptions
  #others: readonly ExecutorCard[] = []
  /** Another intake that has the queue. */
  #rival: string | null = null
  #looked = false
  #timer: ReturnType<typeof setInterval> | undefined

  constructor(options: PlacesOptions) {
    this.#options = options
  }

  get count(): number {
    if (this.#rival !== null) return 0
    const own = this.#options.own()
    return this.#others.reduce((sum, { concurrency }) => sum + concurrency, own?.concurrency ?? 0)
  }

  /** Whether this is the queue's intake, as far as Redis was asked. */
  get isIntake(): boolean {
    return this.#looked && this.#rival === null
  }

  /** Why there are none, for people; null: there are some. */
  get trouble(): string | null {
    if (this.#rival !== null) return this.#rival
    if (this.count > 0 || !this.#looked) return null
    return 'no executor is there, so that jobs wait; start one with `prompt-papermill run --role executor`'
  }

  start(): void {
    const look = (): void => {
      if (this.#options.connection.trouble !== null) return
      this.#look().catch((err: unknown) => {
        this.#options.logger.warn({ err }, 'which executors are there can not be read from Redis')
      })
    }
    this.#timer = setInterval(look, this.#options.timing.confirm)
    this.#options.connection.onReady(look)
  }

  close(): void {
    clearInterval(this.#timer)
  }

  async #look(): Promise<void> {
    const { connection, keys, timing, identity, marks, own, changed, logger } = this.#options
    const before = { count: this.count, rival: this.#rival, names: namesOf(this.#others) }
    this.#rival = await claimIntake(connection, keys, identity, timing)
    if (this.#rival === null) await connection.redis.set(keys.marks, JSON.stringify(marks))
    const ownId = own()?.id
    this.#others = (await present(connection, keys)).filter(({ id }) => id !== ownId)
    this.#looked = true
    if (this.#rival !== null && before.rival === null) logger.error(this.#rival)
    const names = namesOf(this.#others)
    if (names !== before.names) logger.info({ executors: names, places: this.count }, 'executors')
    if (this.count !== before.count) changed()
  }
}

function namesOf(cards: readonly ExecutorCard[]): string {
  return cards
    .map(({ name }) => name)
    .sort()
    .join(', ')
}
