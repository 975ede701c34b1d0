import { workerNow } from '../api/endpoints/about.js'
import { LiveFeed } from '../api/live/live-feed.js'
import type { ApiPlace } from '../api/place.js'
import { oneRunSummary } from '../api/views/runs.js'
import type { HttpConfig } from '../config/compile-http.js'
import type { LedgerReader } from '../ledger/ledger.js'
import type { WorkerLogger } from '../log/logger.js'
import type { Worker } from '../worker-contract.js'
import { accessRules } from '../http/access-rules.js'
import { pageApp } from './page-app.js'
import { serveHttp } from '../http/serve-http.js'
import type { Listening } from '../http/server.js'

/** Whose page is served: a worker's, or that of a ledger which is only read. */
export interface PageOf {
  readonly worker: Worker | null
  readonly ledger: LedgerReader
  /** The folder that holds all results. */
  readonly results: string
  /** The config's file, for errors. */
  readonly file: string
}

/** A page that is served. */
export interface ServedPage extends Listening {
  /** Has those who watch ask anew. */
  changed(): void
}

/**
 * Serves the page, its API and health, if the port can be had.
 *
 * @returns null where it can't; the log says why.
 * @throws ConfigError if the token can't be read.
 */
export async function servePage(
  { worker, ledger, results, file }: PageOf,
  http: HttpConfig,
  logger: WorkerLogger,
): Promise<ServedPage | null> {
  const access = await accessRules(http, file)
  const failed = (err: unknown): void => logger.error({ err }, 'the page could not tell of a run')
  const feed: LiveFeed = new LiveFeed({
    router: worker?.router ?? null,
    summaryOf: (uid) => oneRunSummary(place, uid),
    workerNow: () => workerNow(place),
    failed,
  })
  const place: ApiPlace = { ledger, results, worker, feed, logger }
  const listening = await serveHttp(pageApp(place, http, access), http, logger)
  if (!listening) {
    feed.close()
    return null
  }
  return {
    port: listening.port,
    changed: () => feed.changedSomewhere(),
    async close() {
      feed.close()
      await listening.close()
    },
  }
}
