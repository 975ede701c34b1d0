import { existsSync } from 'node:fs'

import { watchLedger } from '../api/live/watch-ledger.js'
import { loadConfig } from '../config/load.js'
import { servePage } from '../page-server/serve-page.js'
import { openLedgerReader } from '../ledger/open-reader.js'
import { ledgerFile } from '../ledger/sqlite/open-database.js'
import { makeLogger } from '../log/logger.js'
import { CommandError } from './command-error.js'

/** Options of `page`. */
export interface PageOptions {
  readonly config: string
  readonly port?: string
}

/**
 * `prompt-papermill page`: the page by itself, from the ledger and the results, until a signal ends it. The worker
 * may run here, elsewhere, or not at all; nothing can be acted on.
 */
export async function page(options: PageOptions): Promise<number> {
  const config = await loadConfig(options.config)
  if (config.http === false) {
    throw new CommandError(
      `${config.file} says http: false; give it http: { port: 8580 }, or leave it out`,
    )
  }
  const http = { ...config.http, port: portOf(options.port) ?? config.http.port }
  const logger = makeLogger()
  if (!existsSync(ledgerFile(config.state))) {
    throw new CommandError(
      `there is no ledger in ${config.state} yet; it is there once a worker has started with this config`,
    )
  }
  const ledger = await openLedgerReader(config.state)
  const of = { worker: null, ledger, results: config.results.root, file: config.file }
  const served = await servePage(of, http, logger)
  if (!served) {
    await ledger.close()
    throw new CommandError(
      'the page is not served; if the worker has that port, its page is there already, and else give --port',
    )
  }
  const end = watchLedger(config.state, () => served.changed())
  process.stderr.write(`the page is at http://${hostOf(http.host)}:${served.port}/\n`)
  await new Promise<void>((resolve) => {
    for (const name of ['SIGTERM', 'SIGINT'] as const) process.once(name, () => resolve())
  })
  end()
  await served.close()
  await ledger.close()
  return 0
}

function hostOf(host: string): string {
  return host.includes(':') ? `[${host}]` : host
}

function portOf(given: string | undefined): number | undefined {
  if (given === undefined) return undefined
  const port = Number(given)
  if (/^\d{1,5}$/u.test(given) && port <= 65_535) return port
  throw new CommandError(`--port ${given}: must be a port, from 0 to 65535`, 2)
}
