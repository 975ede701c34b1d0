import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'

import { LiveFeed } from '../../../packages/worker/src/api/live/live-feed.ts'
import type { ApiPlace } from '../../../packages/worker/src/api/place.ts'
import type { HttpConfig } from '../../../packages/worker/src/config/compile-http.ts'
import type { AccessRules } from '../../../packages/worker/src/http/access.ts'
import { pageApp } from '../../../packages/worker/src/page-server/page-app.ts'
import type { Worker } from '../../../packages/worker/src/worker-contract.ts'
import { readLogger } from '../../support/failing-ledger.ts'
import { attemptOf, jobOf, openedLedger, running, stoppedRun } from '../../support/ledgers.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

export const token = 'a token for the tests'

/** How a request reaches the server. */
export interface Sent {
  /** The address it comes from. */
  readonly from?: string
  readonly headers?: Record<string, string>
  readonly method?: string
  readonly body?: object
}

/** What is served of a ledger of its own, with one run whose job has one attempt with a folder. */
export async function served(
  given: Partial<AccessRules & Pick<HttpConfig, 'hosts' | 'host'>> & { worker?: Worker } = {},
) {
  const { ledger } = await openedLedger()
  const results = await temporaryFolder()
  const folder = join(results, 'run/attempt-1')
  await mkdir(folder, { recursive: true })
  const run = stoppedRun({ uid: 'run-1', plan_name: 'scan', metadata: { sample_name: 'silicon' } })
  const job = jobOf(run, { id: 'job-1', entry: 'fit' })
  await ledger.received({ run, rules: [], jobs: [job] })
  await ledger.attempt(attemptOf(job, { resultsDir: folder }))
  await ledger.status(running(job, { resultsDir: folder }))
  const { logger, lines } = readLogger()
  const feed = new LiveFeed({
    router: null,
    summaryOf: () => Promise.resolve(null),
    workerNow: () => null,
    failed: () => undefined,
  })
  const place: ApiPlace = { ledger, results, feed, logger, worker: given.worker ?? null }
  const http: HttpConfig = {
    host: given.host ?? '127.0.0.1',
    port: 0,
    token: null,
    hosts: given.hosts ?? [],
    userHeader: null,
    trustedProxies: [],
  }
  const access: AccessRules = {
    token: given.token === undefined ? token : given.token,
    userHeader: given.userHeader ?? null,
    trustedProxies: given.trustedProxies ?? [],
  }
  const app = pageApp(place, http, access)
  return {
    ledger,
    folder,
    results,
    place,
    job,
    run,
    logged: lines,
    /** Writes a file of the attempt. */
    async write(name: string, content: string | Uint8Array) {
      await mkdir(dirname(join(folder, name)), { recursive: true })
      await writeFile(join(folder, name), content)
    },
    ask(path: string, { from = '127.0.0.1', headers = {}, method = 'GET', body }: Sent = {}) {
      return app.request(
        path,
        {
          method,
          headers: { host: 'localhost:8580', 'content-type': 'application/json', ...headers },
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        },
        { incoming: { socket: { remoteAddress: from } } },
      )
    },
  }
}

/** What an answer says, as JSON. */
export async function json(response: Response): Promise<Record<string, unknown>> {
  return (await response.json()) as Record<string, unknown>
}
