import type { DocumentSource, RunRouter } from '@prompt-papermill/core'
import type { Registry } from 'prom-client'

import type { LastDocument } from '../alarm/last-document.js'
import type { Health } from '../health/health.js'
import type { PatientLedger } from '../ledger/patient-ledger.js'
import type { RulesInForce } from '../rules/rules-in-force.js'
import { countDocuments } from './document-metrics.js'
import { countJobs } from './job-metrics.js'
import type { Meter } from './meter.js'
import { measureProcess } from './process-metrics.js'
import { countRuns } from './run-metrics.js'

/** What the metrics are made of. */
export interface Metered {
  readonly sources: readonly DocumentSource[]
  readonly router: RunRouter
  readonly ledger: Pick<PatientLedger, 'waiting'>
  readonly rules: Pick<RulesInForce, 'kernels'>
  readonly lastDocument: LastDocument
  /** Asks how the worker is, when the metrics are asked for. */
  readonly health: () => Promise<Health>
}

/**
 * Makes a worker's metrics in a registry; docs/reference/metrics.md has them in a table. No label is taken from a
 * document: there are as many series as the config has sources, rules and entries.
 *
 * @returns ends what is observed.
 */
export function meterWorker(meter: Meter, registry: Registry, metered: Metered): () => void {
  const { sources, router, ledger, rules, lastDocument, health } = metered
  countDocuments(meter, sources, lastDocument)
  countRuns(meter, router)
  countJobs(meter, router)
  meter.gauges('kernels', 'Kernels started ahead: warm, or starting.', 'state', () => {
    const { warm, starting } = rules.kernels
    return Object.entries({ warm, starting })
  })
  meter.gauge('ledger_writes_waiting', 'Changes that wait to be written to the ledger.', () => {
    return ledger.waiting
  })
  meter.gauges(
    'ready',
    'Whether a part works that the worker needs: 1 or 0; the worst of several of a kind.',
    'part',
    async () => worstOf((await health()).parts),
  )
  return measureProcess(registry)
}

function worstOf(parts: Health['parts']): Map<string, number> {
  const worst = new Map<string, number>()
  for (const { part, ok } of parts) worst.set(part, Math.min(worst.get(part) ?? 1, ok ? 1 : 0))
  return worst
}
