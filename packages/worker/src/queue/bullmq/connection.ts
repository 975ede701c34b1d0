import type { Redis } from 'ioredis'

import type { RedisConfig } from '../../config/compile-queue.js'
import type { WorkerLogger } from '../../log/logger.js'
import type { Libraries } from './libraries.js'

/** Where Redis is, and who we are there. */
export type RedisAccess = Omit<RedisConfig, 'prefix'>

/** A connection to Redis that is made anew for as long as it takes, and says in the log when it is lost. */
export class Connection {
  readonly redis: Redis
  /** Where it leads, without the password. */
  readonly place: string
  readonly #logger: WorkerLogger
  readonly #others: Redis[] = []
  #trouble: string | null

  constructor({ Redis }: Pick<Libraries, 'Redis'>, to: RedisAccess, logger: WorkerLogger) {
    const { url, username, password } = to
    this.place = placeOf(url)
    this.#logger = logger
    this.#trouble = `Redis at ${this.place} has not answered yet`
    this.redis = new Redis(url, {
      ...(username === undefined ? {} : { username }),
      ...(password === undefined ? {} : { password }),
      // commands wait until it is there again
      maxRetriesPerRequest: null,
      retryStrategy: (times) => Math.min(100 * times, 1_000),
      connectTimeout: 5_000,
      keepAlive: 5_000,
    })
    let last = ''
    this.redis.on('error', ({ message }: Error) => (last = message))
    this.redis.on('close', () => this.#lost(last))
    this.redis.on('ready', () => this.#back())
  }

  /** Why nothing goes through it; null: it does. */
  get trouble(): string | null {
    return this.#trouble
  }

  /** Has a function called each time that it is there, now too if it is. */
  onReady(listener: () => void): void {
    this.redis.on('ready', listener)
    if (this.redis.status === 'ready') listener()
  }

  onLost(listener: () => void): void {
    this.redis.on('close', listener)
  }

  /** Another one to the same place, for what blocks or listens. */
  another(): Redis {
    const redis = this.redis.duplicate()
    this.#others.push(redis)
    // the first one says it
    redis.on('error', () => undefined)
    return redis
  }

  /** Ends it, with the others to the same place. */
  close(): void {
    this.redis.removeAllListeners('close')
    for (const redis of [this.redis, ...this.#others]) redis.disconnect()
  }

  #lost(why: string): void {
    const message = `Redis at ${this.place} can't be reached${why === '' ? '' : ` (${why})`}`
    const begun = this.#trouble === null || this.#trouble.endsWith('yet')
    this.#trouble = message
    if (begun) this.#logger.error(`${message}; tried again for as long as it takes`)
  }

  #back(): void {
    this.#trouble = null
    this.#logger.info({ redis: this.place }, 'connected to Redis')
  }
}

/** A URL without user and password. */
export function placeOf(url: string): string {
  const { protocol, host, pathname } = new URL(url)
  return `${protocol}//${host}${pathname === '/' ? '' : pathname}`
}
