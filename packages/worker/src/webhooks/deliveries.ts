import { Webhook } from 'standardwebhooks'

import type { WebhookConfig } from '../config/compile-webhooks.js'
import { Pauses } from '../ledger/pauses.js'
import type { WebhookMessage } from './message.js'
import { post, type Posted } from './post.js'

/** Messages that wait for one webhook: more than a night's failures. */
const most = 1000

/** How long a worker that stops goes on delivering, in milliseconds. */
const lastWords = 3000

/** Told what becomes of messages. */
export interface DeliveryEvents {
  delivered(message: WebhookMessage): void
  /** It was not taken, and is tried again after so many milliseconds. */
  delayed(message: WebhookMessage, why: string, pause: number): void
  givenUp(message: WebhookMessage, why: string): void
}

/**
 * Delivers the messages of one webhook in their order, one at a time. One that is not taken is tried again with
 * longer and longer pauses, and the others wait behind it: mostly it is the receiver that is away. What is beyond
 * the bounds is given up, the oldest first. Nothing is kept over a restart.
 */
export class Deliveries {
  readonly #events: DeliveryEvents
  readonly #waiting: WebhookMessage[] = []
  readonly #pauses = new Pauses()
  readonly #abort = new AbortController()
  #config: WebhookConfig
  #under: Promise<void> | null = null
  #closing = false

  constructor(config: WebhookConfig, events: DeliveryEvents) {
    this.#config = config
    this.#events = events
  }

  /** Messages that were not taken yet. */
  get waiting(): number {
    return this.#waiting.length + (this.#under ? 1 : 0)
  }

  /** As the config has it; another one counts from the next try on. */
  get config(): WebhookConfig {
    return this.#config
  }

  set config(config: WebhookConfig) {
    this.#config = config
  }

  send(message: WebhookMessage): void {
    if (this.#closing) {
      this.#events.givenUp(message, 'the worker stopped')
      return
    }
    this.#waiting.push(message)
    if (this.#waiting.length > most) {
      const oldest = this.#waiting.shift()
      if (oldest) this.#events.givenUp(oldest, `more than ${most} messages wait`)
    }
    this.#under ??= this.#deliverAll()
  }

  /** Tries what waits once more, as far as there is time, and gives up the rest. */
  async close(): Promise<void> {
    this.#closing = true
    this.#pauses.end()
    const timer = setTimeout(() => this.#abort.abort(), lastWords)
    await this.#under
    clearTimeout(timer)
  }

  async #deliverAll(): Promise<void> {
    for (let next; (next = this.#waiting.shift());) await this.#deliver(next)
    this.#under = null
  }

  async #deliver(message: WebhookMessage): Promise<void> {
    for (let tries = 1; ; tries += 1) {
      const posted = await this.#post(message)
      if (posted.taken) {
        this.#events.delivered(message)
        return
      }
      const { attempts, delay, factor, longest } = this.#config.retry
      const isLast = this.#closing || !posted.again || tries >= attempts
      if (isLast) {
        this.#events.givenUp(message, posted.why)
        return
      }
      const pause = Math.min(delay * factor ** (tries - 1), longest)
      this.#events.delayed(message, posted.why, pause)
      await this.#pauses.pause(pause)
    }
  }

  /** Signed anew at each try: a receiver takes no message of five minutes ago. */
  async #post({ id, body }: WebhookMessage): Promise<Posted> {
    const signal = this.#abort.signal
    if (signal.aborted) return { taken: false, why: 'the worker stopped', again: false }
    const { url, secret, timeout } = this.#config
    const now = new Date()
    const headers = {
      'webhook-id': id,
      'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
      'webhook-signature': new Webhook(secret).sign(id, now, body),
    }
    return post(url, body, headers, timeout, signal)
  }
}
