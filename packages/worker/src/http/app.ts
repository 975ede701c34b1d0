import { Hono } from 'hono'

import { jobRow, runRows } from '../ledger/rows.js'
import type { Worker } from '../worker-contract.js'

/** What the worker serves to anyone who may reach its port: health, and what the ledger knows. */
export function readingApp(worker: Worker): Hono {
  const app = new Hono()
  app.get('/healthz', (c) => c.json(worker.health()))
  app.get('/readyz', (c) => {
    const health = worker.health()
    return c.json(health, health.ready ? 200 : 503)
  })
  app.get('/jobs', (c) => c.json([...worker.ledger.contents.jobs.values()].map(jobRow)))
  app.get('/runs', (c) => c.json(runRows(worker.ledger.contents)))
  return app
}
