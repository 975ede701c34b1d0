import type { DocumentSource, RunRouter } from '@prompt-papermill/core'
import { Registry } from 'prom-client'

import { Alarm } from './alarm/alarm.js'
import { LastDocument } from './alarm/last-document.js'
import type { Config } from './config/config.js'
import type { Health } from './health/health.js'
import { WatchHealth } from './health/watch-health.js'
import type { PatientLedger } from './ledger/patient-ledger.js'
import type { WorkerLogger } from './log/logger.js'
import { Meter } from './metrics/meter.js'
import { meterWorker } from './metrics/meter-worker.js'
import { countMessages, showTelling } from './metrics/telling-metrics.js'
import type { OpenQueue } from './queue/open-queue.js'
import type { PatientResults } from './results/patient-results.js'
import type { RulesInForce } from './rules/rules-in-force.js'
import { Webhooks } from './webhooks/webhooks.js'

/** The parts of a worker that are watched. */
export interface WatchedParts {
  readonly sources: readonly DocumentSource[]
  readonly router: RunRouter
  readonly ledger: PatientLedger
  readonly queue: OpenQueue
  readonly results: PatientResults
  readonly rules: RulesInForce
  readonly logger: WorkerLogger
  /** Whether notebooks run here, and not only elsewhere. */
  readonly performs: boolean
  /** The config in force. */
  readonly config: () => Config
}

/** Watches over a worker: health, metrics, alarm and webhooks. It changes nothing of what the worker does. */
export class Watching {
  /** The worker's own; nothing of it is in prom-client's global one. */
  readonly metrics = new Registry()
  readonly #health: WatchHealth
  readonly #alarm: Alarm
  readonly #webhooks: Webhooks
  readonly #endMetrics: () => void

  constructor(parts: WatchedParts) {
    const { sources, router, logger, config } = parts
    const lastDocument = new LastDocument()
    // what is fetched later from where it is kept says nothing of the beamline
    const live = sources.filter(({ origin }) => origin === 'live')
    for (const source of live) lastDocument.follow(source)
    const meter = new Meter(this.metrics)
    this.#webhooks = new Webhooks(config().webhooks, logger, countMessages(meter))
    this.#webhooks.follow(router)
    this.#alarm = new Alarm({ lastDocument, sources: live, logger }, (event) =>
      this.#webhooks.alarm(event),
    )
    this.#health = new WatchHealth({
      ...parts,
      lastDocument,
      alarm: () => this.#alarm.raised?.message ?? null,
    })
    showTelling(meter, this.#webhooks, this.#alarm)
    this.#endMetrics = meterWorker(meter, this.metrics, {
      ...parts,
      lastDocument,
      health: () => this.#health.probe(),
    })
    this.#alarm.change(config().alarm)
  }

  /** How the worker is, as far as it is known. */
  health(): Health {
    return this.#health.health()
  }

  /** Tries what can be tried, then tells how the worker is. */
  probe(): Promise<Health> {
    return this.#health.probe()
  }

  /** Puts another config's alarm and webhooks in force. */
  change({ alarm, webhooks }: Config): void {
    this.#webhooks.change(webhooks)
    this.#alarm.change(alarm)
  }

  /** Ends within seconds; what webhooks were not told by then is given up. */
  async close(): Promise<void> {
    this.#alarm.close()
    this.#endMetrics()
    await this.#webhooks.close()
  }
}
