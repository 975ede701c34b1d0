import type { Hono } from 'hono'
import { streamText } from 'hono/streaming'
import { z } from 'zod'

import { readingApp } from '../http/app.js'
import type { ReplayEvent } from '../replay/replay-files.js'
import type { Worker } from '../worker-contract.js'

const replayRequest = z.strictObject({
  files: z.array(z.string()).min(1),
  rerun: z.boolean(),
})

/** What the control socket serves: all that is read over HTTP, and what operates the worker. */
export function controlApp(worker: Worker): Hono {
  const app = readingApp(worker)
  app.post('/replay', async (c) => {
    const request = replayRequest.parse(await c.req.json())
    return streamText(c, async (stream) => {
      const send = (event: ReplayEvent): void => {
        void stream.writeln(JSON.stringify(event))
      }
      try {
        await worker.replay(request.files, request, send)
      } catch (error) {
        send({ event: 'failed', message: (error as Error).message })
      }
    })
  })
  return app
}
