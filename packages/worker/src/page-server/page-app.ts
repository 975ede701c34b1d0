import { type Context, Hono } from 'hono'

import { apiApp } from '../api/api-app.js'
import { apiBase } from '../api/openapi.js'
import type { ApiPlace } from '../api/place.js'
import type { HttpConfig } from '../config/compile-http.js'
import { readingApp } from '../http/app.js'
import { type AccessRules, askerOf } from '../http/access.js'
import { checkHost } from '../http/hosts.js'
import { pageFiles } from './page-files.js'

/**
 * All that is served over HTTP: the page, its API, and, of a worker, health. What the ledger knows is for those who
 * may read; health is for anybody who knows the host's name.
 */
export function pageApp(place: ApiPlace, http: HttpConfig, access: AccessRules): Hono {
  const app = new Hono()
  app.use(checkHost(http))
  app.route(apiBase, apiApp(place, access))
  app.route('/', pageFiles())
  for (const path of ['/jobs', '/runs']) {
    app.use(path, async (c: Context, next) => {
      if (!askerOf(c, access).mayRead) {
        return c.json({ error: 'to read from another machine, give the token' }, 401)
      }
      await next()
      return undefined
    })
  }
  if (place.worker) app.route('/', readingApp(place.worker))
  return app
}
