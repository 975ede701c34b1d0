import { packageVersion } from '../../package-version.js'
import type { AccessRules } from '../../http/access.js'
import { data } from '../../http/policies.js'
import { isSame, makeSession, sessionCookie, sessionSeconds } from '../../http/session.js'
import { OperationError } from '../../operation-error.js'
import { endpoint } from '../endpoint.js'
import type { ApiPlace } from '../place.js'
import { about, session, sessionRequest } from '../schemas.js'
import { clip } from '../views/brief.js'

/** Runs that are looked through for the names of plans. */
const newest = 200

/** What serves this and who asks, what happens, and signing in. */
export function aboutEndpoints({ token, userHeader }: AccessRules) {
  const version = packageVersion()
  return [
    endpoint({
      id: 'getAbout',
      method: 'get',
      path: '/about',
      tag: 'About',
      summary: 'What serves this, how it is, and what the asker may do',
      answer: { schema: about, description: 'About the worker and the asker.' },
      handle: async (place, { asker }) => ({
        version,
        live: place.worker !== null,
        acting: actingOf(place, asker.mayAct, token !== null || userHeader !== null),
        who: asker.who,
        plans: await plansOf(place),
        worker: workerNow(place),
      }),
    }),
    endpoint({
      id: 'getEvents',
      method: 'get',
      path: '/events',
      tag: 'About',
      summary: 'What happens, as server-sent events',
      description:
        '`hello` first, after which all is to be asked (also when the connection was lost); `run` with a run as lists show it, whenever it or its jobs changed; `worker` as in `/about`; `changed` where more changed than is told.',
      answer: { media: 'text/event-stream', description: 'Events, until it is closed.' },
      statuses: { 503: 'Too many watch already.' },
      handle: ({ feed }) => {
        const client = feed.connect()
        if (!client) {
          return Response.json(
            { error: 'too many watch already; try again later' },
            { status: 503 },
          )
        }
        return new Response(client.stream, {
          headers: { ...data, 'content-type': 'text/event-stream', 'x-accel-buffering': 'no' },
        })
      },
    }),
    endpoint({
      id: 'signIn',
      method: 'post',
      path: '/session',
      tag: 'About',
      summary: 'Give the token, so that this browser may read and act for 12 hours',
      description:
        'Programs send `Authorization: Bearer TOKEN` with each request in place of this.',
      open: true,
      body: sessionRequest,
      answer: { schema: session, description: 'Signed in; the answer sets a cookie.' },
      statuses: { 403: 'That is not the token.' },
      handle: (_, { body }) => {
        if (token === null) throw new OperationError('conflict', noToken)
        if (!isSame(body.token, token)) {
          return Response.json({ error: 'that is not the token' }, { status: 403 })
        }
        return sessionAnswer(makeSession(token), sessionSeconds)
      },
    }),
    endpoint({
      id: 'signOut',
      method: 'delete',
      path: '/session',
      tag: 'About',
      summary: 'Sign this browser out',
      open: true,
      answer: { schema: session, description: 'Signed out.' },
      handle: () => sessionAnswer('', 0),
    }),
  ]
}

/** How the worker is, for the page; null where there is none. */
export function workerNow({ worker }: Pick<ApiPlace, 'worker'>) {
  if (!worker) return null
  const { ready, paused, troubles, open_runs } = worker.health()
  return { ready, paused, troubles: [...troubles], open_runs }
}

const noToken =
  'nobody can sign in here: there is no http.token in the config of what serves this page'

function actingOf(place: ApiPlace, mayAct: boolean, canSignIn: boolean) {
  if (!place.worker) return 'off'
  if (mayAct) return 'allowed'
  return canSignIn ? 'token' : 'off'
}

async function plansOf({ ledger }: ApiPlace): Promise<string[]> {
  const { rows } = await ledger.runs({ limit: newest })
  const plans = new Set(rows.map(({ plan_name: plan }) => plan).filter((plan) => plan !== null))
  return [...plans]
    .filter((plan) => plan.length <= 100)
    .sort()
    .slice(0, 50)
    .map((plan) => clip(plan))
}

function sessionAnswer(value: string, seconds: number): Response {
  const cookie = `${sessionCookie}=${value}; Path=/; HttpOnly; SameSite=Strict; Max-Age=${seconds}`
  return Response.json({ who: value === '' ? '' : 'token' }, { headers: { 'set-cookie': cookie } })
}
