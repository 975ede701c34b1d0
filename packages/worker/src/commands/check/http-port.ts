import { Hono } from 'hono'

import type { Config } from '../../config/config.js'
import { isWorkerRunning } from '../../control/control-client.js'
import { accessRules } from '../../http/access-rules.js'
import { serve } from '../../http/server.js'
import { type CheckResult, fail, ok } from './check-result.js'

/** Proves that the HTTP port is free, or is the running worker's, and that the token can be read. */
export async function checkHttpPort({ http, state, file }: Config): Promise<CheckResult> {
  if (!http) return ok('http', 'off')
  const where = `${http.host}:${http.port}`
  try {
    await accessRules(http, file)
  } catch (error) {
    return fail('http', (error as Error).message)
  }
  try {
    const server = await serve(new Hono(), http)
    await server.close()
    return ok('http', `${where} is free`)
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code === 'EADDRINUSE' && (await isWorkerRunning(state))) {
      return ok('http', `${where} is in use, and a worker is running on ${state}`)
    }
    const why = code === 'EADDRINUSE' ? 'another program has that port' : message
    return fail('http', `${where} can't be used (${why}); give another http.port, or http: false`)
  }
}
