import { toLosslessJson } from '@prompt-papermill/core'
import type { Context, Hono } from 'hono'
import { streamText } from 'hono/streaming'
import { z } from 'zod'

import { readingApp } from '../http/app.js'
import { cancel } from '../operations/cancel.js'
import { isElsewhere } from '../operations/fetch-run.js'
import { findJob } from '../operations/find.js'
import { OperationError } from '../operation-error.js'
import { pause, resume } from '../operations/pausing.js'
import { cancelRequest, rerunRequest } from '../operations/requests.js'
import { rerun } from '../operations/rerun.js'
import type { Worker } from '../worker-contract.js'
import { operatorHeader, operatorOf } from '../operations/operator.js'

const replayRequest = z
  .strictObject({
    files: z.array(z.string()),
    rerun: z.boolean(),
    since: z.iso.datetime().optional(),
    until: z.iso.datetime().optional(),
  })
  .refine(({ files, since }) => files.length > 0 || since !== undefined, {
    error: 'give `files`, or `since` for the runs of the data server',
  })

const statuses = { 'bad-request': 400, 'not-found': 404, conflict: 409 } as const

/**
 * What the control socket serves: all that is read over HTTP, and what operates the worker. It maps requests to
 * the functions of `operations`, and nothing else.
 */
export function controlApp(worker: Worker): Hono {
  const app = readingApp(worker)
  const who = (c: Context): string => operatorOf(c.req.header(operatorHeader))

  app.get('/health', (c) => c.json(worker.health()))
  app.post('/pause', async (c) => c.json(await pause(worker, who(c))))
  app.post('/resume', async (c) => c.json({ paused: await resume(worker, who(c)) }))
  app.post('/jobs/:id/cancel', async (c) => {
    const request = await bodyOf(c, cancelRequest)
    return json(c, await cancel(worker, c.req.param('id'), request, who(c)))
  })
  app.post('/rerun', async (c) => {
    const request = await bodyOf(c, rerunRequest)
    // told before anything is, so that it has a status of its own
    if (request.target !== undefined) await isElsewhere(worker, request.target)
    return lines(c, (send, signal) => rerun(worker, request, who(c), send, signal))
  })
  app.post('/jobs/:id/rerun', async (c) => {
    const given = await bodyOf(c, z.record(z.string(), z.unknown()))
    const request = checked(rerunRequest, { ...given, target: c.req.param('id') })
    await findJob(worker.ledger, c.req.param('id'))
    return lines(c, (send, signal) => rerun(worker, request, who(c), send, signal))
  })
  app.post('/replay', async (c) => {
    const request = await bodyOf(c, replayRequest)
    return lines(c, (send) => worker.replay(request.files, request, send))
  })

  app.onError((error, c) => {
    const status = error instanceof OperationError ? statuses[error.kind] : 500
    return c.json({ error: error.message }, status)
  })
  return app
}

/** The request's body; an empty one is an empty object. */
async function bodyOf<Schema extends z.ZodType>(
  c: Context,
  schema: Schema,
): Promise<z.output<Schema>> {
  const text = await c.req.text()
  let given: unknown
  try {
    given = text === '' ? {} : JSON.parse(text)
  } catch (error) {
    throw new OperationError('bad-request', `the body is no JSON: ${(error as Error).message}`)
  }
  return checked(schema, given)
}

function checked<Schema extends z.ZodType>(schema: Schema, given: unknown): z.output<Schema> {
  const parsed = schema.safeParse(given)
  if (parsed.success) return parsed.data
  const problems = parsed.error.issues.map(({ path, message }) =>
    path.length > 0 ? `${path.join('.')}: ${message}` : message,
  )
  throw new OperationError('bad-request', problems.join('; '))
}

/** Answers with JSON lines as they come; a failure is the last of them. */
function lines(
  c: Context,
  work: (send: (event: object) => void, signal: AbortSignal) => Promise<void>,
): Response {
  return streamText(c, async (stream) => {
    const gone = new AbortController()
    stream.onAbort(() => gone.abort())
    const send = (event: object): void => {
      void stream.writeln(toLosslessJson(event))
    }
    try {
      await work(send, gone.signal)
    } catch (error) {
      send({ event: 'failed', message: (error as Error).message })
    }
  })
}

/** Answers with an object whose integers stay what they are, however big. */
function json(c: Context, value: object): Response {
  return c.body(toLosslessJson(value), 200, { 'content-type': 'application/json' })
}
