import { toLosslessJson } from '@prompt-papermill/core'
import { type Context, Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import type { z } from 'zod'

import { type AccessRules, askerOf, type Asker } from '../http/access.js'
import { data, plainPage } from '../http/policies.js'
import { LedgerError } from '../ledger/ledger-error.js'
import { OperationError } from '../operation-error.js'
import { describeApi } from './describe.js'
import type { Endpoint } from './endpoint.js'
import { aboutEndpoints } from './endpoints/about.js'
import { actingEndpoints } from './endpoints/acting.js'
import { attemptEndpoints } from './endpoints/attempts.js'
import { jobEndpoints } from './endpoints/jobs.js'
import { runEndpoints } from './endpoints/runs.js'
import { jsonResponse } from './json-response.js'
import { openApiDocument } from './openapi.js'
import type { ApiPlace } from './place.js'

/** No request of ours is longer, in bytes. */
const longestRequest = 100_000

const statuses = { 'bad-request': 400, 'not-found': 404, conflict: 409 } as const

/** All that the API can be asked. */
export function apiEndpoints(access: AccessRules): readonly Endpoint[] {
  return [
    ...runEndpoints(),
    ...jobEndpoints,
    ...attemptEndpoints(),
    ...actingEndpoints,
    ...aboutEndpoints(access),
  ]
}

/** The API as an app, to be mounted at `/api/v1`. */
export function apiApp(place: ApiPlace, access: AccessRules): Hono {
  const app = new Hono()
  const endpoints = apiEndpoints(access)
  const document = openApiDocument(endpoints)
  app.use(
    bodyLimit({
      maxSize: longestRequest,
      onError: (c) => refuse(c, 413, 'the request is too large'),
    }),
  )
  app.get('/openapi.json', () => jsonResponse(JSON.stringify(document)))
  app.get('/docs', () => htmlAnswer(describeApi(document)))
  for (const endpoint of endpoints) {
    app.on(endpoint.method.toUpperCase(), routeOf(endpoint), async (c) => {
      const asker = askerOf(c, access)
      return refusal(c, endpoint, asker, access) ?? answer(place, endpoint, asker, c)
    })
  }
  refuseOthers(app, endpoints)
  app.onError((error, c) => {
    if (error instanceof OperationError) return refuse(c, statuses[error.kind], error.message)
    if (error instanceof LedgerError) return refuse(c, 503, error.message)
    place.logger.error({ err: error, path: c.req.path }, 'a request to the API failed')
    return refuse(c, 500, 'this failed here; the log of what serves this page says why')
  })
  return app
}

/** What there is not, and what is not done to what there is. */
function refuseOthers(app: Hono, endpoints: readonly Endpoint[]): void {
  for (const path of new Set(endpoints.map(routeOf))) {
    const methods = endpoints.filter((one) => routeOf(one) === path).map(({ method }) => method)
    app.all(path, (c) => {
      c.header('allow', methods.join(', ').toUpperCase())
      return refuse(c, 405, `this takes ${methods.join(' and ').toUpperCase()} alone`)
    })
  }
  app.all('*', (c) =>
    refuse(c, 404, 'there is nothing here; /api/v1/openapi.json has what there is'),
  )
}

/** A path as hono has it; a file's name may have slashes. */
function routeOf({ path }: Endpoint): string {
  return path.replace('{name}', ':name{[\\s\\S]+}').replace(/\{(\w+)\}/gu, ':$1')
}

/** Why an asker gets no answer; undefined: they get one. */
function refusal(
  c: Context,
  { acts, open }: Endpoint,
  { mayRead, mayAct }: Asker,
  { token, userHeader }: AccessRules,
): Response | undefined {
  if (open === true || (mayAct && mayRead)) return undefined
  if (acts !== true) {
    return mayRead ? undefined : refuse(c, 401, 'to read from another machine, give the token')
  }
  if (token === null && userHeader === null) {
    return refuse(c, 403, 'nobody may act here: there is no http.token in the config')
  }
  return refuse(c, 401, 'to act, give the token, or sign in')
}

async function answer(
  place: ApiPlace,
  endpoint: Endpoint,
  asker: Asker,
  c: Context,
): Promise<Response> {
  const given = {
    params: checked(endpoint.params, c.req.param()),
    query: checked(endpoint.query, queryOf(c)),
    body: endpoint.body ? checked(endpoint.body, await bodyOf(c)) : undefined,
  }
  const result = await endpoint.handle(place, { ...given, asker, c } as never)
  return result instanceof Response ? result : jsonResponse(toLosslessJson(result))
}

function checked(schema: z.ZodType | undefined, given: unknown): unknown {
  if (!schema) return {}
  const parsed = schema.safeParse(given)
  if (parsed.success) return parsed.data
  const problems = parsed.error.issues.map(({ path, message }) =>
    path.length > 0 ? `${path.join('.')}: ${message}` : message,
  )
  throw new OperationError('bad-request', problems.join('; ').slice(0, 1000))
}

/** The parameters of a URL; one that is given several times is a list. */
function queryOf(c: Context): Record<string, string | string[]> {
  return Object.fromEntries(
    Object.entries(c.req.queries()).map(([name, values]) => [
      name,
      values.length === 1 ? (values[0] as string) : values,
    ]),
  )
}

/** The request's body; an empty one is an empty object. */
async function bodyOf(c: Context): Promise<unknown> {
  const text = await c.req.text()
  try {
    return text === '' ? {} : JSON.parse(text)
  } catch (error) {
    throw new OperationError('bad-request', `the body is no JSON: ${(error as Error).message}`)
  }
}

function refuse(
  c: Context,
  status: 400 | 401 | 403 | 404 | 405 | 409 | 413 | 500 | 503,
  error: string,
) {
  if (status === 401) c.header('www-authenticate', 'Bearer')
  for (const [name, value] of Object.entries(data)) c.header(name, value)
  return c.json({ error }, status)
}

function htmlAnswer(html: string): Response {
  return new Response(html, {
    headers: { ...plainPage, 'content-type': 'text/html; charset=utf-8' },
  })
}
