import { isEndState, type JobStatus, type RunRouter } from '@prompt-papermill/core'

import type { AlarmEvent } from '../alarm/alarm.js'
import type { WebhookConfig } from '../config/compile-webhooks.js'
import type { WorkerLogger } from '../log/logger.js'
import { Throttle } from '../log/throttle.js'
import { Deliveries } from './deliveries.js'
import { alarmMessage, jobMessage, type WebhookMessage } from './message.js'

/** How often it is said again that a webhook does not take what it is told, in milliseconds. */
const saidAgain = 60_000

/** What became of a message in the end. */
export type WebhookOutcome = 'delivered' | 'given-up'

/** Tells the webhooks of a config how jobs end, and of the alarm. */
export class Webhooks {
  readonly #logger: WorkerLogger
  readonly #throttle = new Throttle(saidAgain)
  readonly #count: (webhook: string, outcome: WebhookOutcome) => void
  #deliveries = new Map<string, Deliveries>()

  /** @param count - told what became of each message. */
  constructor(
    configs: readonly WebhookConfig[],
    logger: WorkerLogger,
    count: (webhook: string, outcome: WebhookOutcome) => void,
  ) {
    this.#logger = logger
    this.#count = count
    this.change(configs)
  }

  /** How many messages wait, by webhook. */
  get waiting(): [string, number][] {
    return [...this.#deliveries].map(([name, { waiting }]) => [name, waiting])
  }

  /** Tells how the jobs of a router end. */
  follow({ events }: RunRouter): void {
    events.on('job', (status) => {
      if (isEndState(status.state)) this.#tell((config) => wantsJob(config, status), status)
    })
  }

  /** Tells of the alarm. */
  alarm(event: AlarmEvent): void {
    const message = alarmMessage(event)
    for (const { config, send } of this.#all()) if (config.on.includes('alarm')) send(message)
  }

  /** Puts others in force; what waits for one that there is no more is tried once more. */
  change(configs: readonly WebhookConfig[]): void {
    const before = this.#deliveries
    this.#deliveries = new Map(
      configs.map((config) => {
        const deliveries = before.get(config.name) ?? this.#open(config)
        deliveries.config = config
        before.delete(config.name)
        return [config.name, deliveries]
      }),
    )
    for (const deliveries of before.values()) void deliveries.close()
  }

  /** Ends within seconds: what was not taken by then is given up, and said. */
  async close(): Promise<void> {
    await Promise.all([...this.#deliveries.values()].map((deliveries) => deliveries.close()))
  }

  #tell(wants: (config: WebhookConfig) => boolean, status: JobStatus): void {
    let message: WebhookMessage | undefined
    for (const { config, send } of this.#all()) {
      if (wants(config)) send((message ??= jobMessage(status)))
    }
  }

  #all(): { config: WebhookConfig; send: (message: WebhookMessage) => void }[] {
    return [...this.#deliveries.values()].map((deliveries) => ({
      config: deliveries.config,
      send: (message) => deliveries.send(message),
    }))
  }

  #open(config: WebhookConfig): Deliveries {
    const { name } = config
    const about = ({ id, type }: WebhookMessage): object => ({ webhook: name, message: id, type })
    return new Deliveries(config, {
      delivered: (message) => {
        this.#count(name, 'delivered')
        this.#logger.debug(about(message), `the webhook ${name} was told`)
      },
      delayed: (message, why, pause) => {
        this.#throttle.pass(name, () =>
          this.#logger.warn(
            about(message),
            `the webhook ${name} was not told: ${why}; it is tried again in ${pause / 1000} s`,
          ),
        )
      },
      givenUp: (message, why) => {
        this.#count(name, 'given-up')
        this.#logger.error(
          about(message),
          `the webhook ${name} is not told of this any more: ${why}. \`prompt-papermill jobs\` has what it lacks`,
        )
      },
    })
  }
}

function wantsJob({ on, reasons, rules }: WebhookConfig, { job, state }: JobStatus): boolean {
  if (!on.includes(state.state)) return false
  if (rules && !rules.includes(job.rule)) return false
  return !reasons || !('reason' in state) || reasons.includes(state.reason)
}
