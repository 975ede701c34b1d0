import { toLosslessJson } from '@prompt-papermill/core'
import { type Context, Hono } from 'hono'
import type { z } from 'zod'

import { LedgerError } from '../ledger/ledger-error.js'
import type { Page } from '../ledger/queries.js'
import type { Worker } from '../worker-contract.js'
import { jobQuery, runQuery } from './list-query.js'

/**
 * What the worker serves to anyone who may reach its port: health, and what the ledger knows. Lists come in pages,
 * the newest first; the header `x-next` has the `after` of the next one.
 */
export function readingApp(worker: Worker): Hono {
  const app = new Hono()
  app.get('/healthz', (c) => c.json(worker.health()))
  app.get('/readyz', async (c) => {
    // a disk that is full shows when something is written, and not before
    const health = await worker.probe()
    return c.json(health, health.ready ? 200 : 503)
  })
  app.get('/metrics', async (c) => {
    return c.body(await worker.metrics.metrics(), 200, {
      'content-type': worker.metrics.contentType,
    })
  })
  app.get('/jobs', (c) => list(c, jobQuery, (query) => worker.ledger.jobs(query)))
  app.get('/runs', (c) => list(c, runQuery, (query) => worker.ledger.runs(query)))
  return app
}

async function list<Schema extends z.ZodType>(
  c: Context,
  schema: Schema,
  ask: (query: z.output<Schema>) => Promise<Page<object>>,
): Promise<Response> {
  const given = schema.safeParse(parametersOf(c))
  if (!given.success) {
    const problems = given.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)
    return c.json({ error: problems.join('; ') }, 400)
  }
  let page: Page<object>
  try {
    page = await ask(given.data)
  } catch (error) {
    if (error instanceof LedgerError) return c.json({ error: error.message }, 503)
    throw error
  }
  const { rows, next } = page
  if (next !== null) c.header('x-next', next)
  // integers of any size stay what they are
  return c.body(toLosslessJson(rows), 200, { 'content-type': 'application/json' })
}

/** The parameters of a URL; one that is given several times is a list. */
function parametersOf(c: Context): Record<string, string | string[]> {
  return Object.fromEntries(
    Object.entries(c.req.queries()).map(([name, values]) => [
      name,
      values.length === 1 ? (values[0] as string) : values,
    ]),
  )
}
