import type { JobStatus, RuleExplanation } from '@prompt-papermill/core'
import { fromLosslessJson } from '@prompt-papermill/core'

import { actRow, attemptRow, jobRowOf, jobStatus, runEntry, runRowOf } from './from-columns.js'
import type { LedgerReader, RunEntry } from './ledger.js'
import type { ActQuery, JobQuery, Page, RunFilter, RunQuery } from './queries.js'
import type { ActRow, AttemptRow, JobRow, RunRow } from './rows.js'
import type { Listed } from './sqlite/columns.js'
import type { CallLedger } from './sqlite/protocol.js'

/** Reads a ledger's database, wherever it is: in a thread, or in this one. */
export class SqliteReader implements LedgerReader {
  readonly #call: CallLedger
  readonly #close: () => Promise<void>

  constructor(call: CallLedger, close: () => Promise<void>) {
    this.#call = call
    this.#close = close
  }

  async job(id: string): Promise<JobStatus | undefined> {
    const stored = await this.#call('job', id)
    return stored && jobStatus(stored)
  }

  async run(uid: string): Promise<RunEntry | undefined> {
    const columns = await this.#call('run', uid)
    return columns && runEntry(columns)
  }

  async jobs(query: JobQuery = {}): Promise<Page<JobRow>> {
    return page(await this.#call('jobs', normalized(query)), jobRowOf)
  }

  async runs(query: RunQuery = {}): Promise<Page<RunRow>> {
    return page(await this.#call('runs', normalized(query)), runRowOf)
  }

  async attempts(job: string): Promise<readonly AttemptRow[]> {
    return (await this.#call('attempts', job)).map(attemptRow)
  }

  async decision(uid: string): Promise<readonly RuleExplanation[] | null> {
    const json = await this.#call('decision', uid)
    return json === null ? null : (fromLosslessJson(json) as RuleExplanation[])
  }

  async acts(query: ActQuery = {}): Promise<Page<ActRow>> {
    return page(await this.#call('acts', query), actRow)
  }

  async known(ids: readonly string[]): Promise<ReadonlySet<string>> {
    return new Set(await this.#call('known', ids))
  }

  close(): Promise<void> {
    return this.#close()
  }
}

function page<Columns, Row>(
  { rows, next }: Listed<Columns>,
  make: (columns: Columns) => Row,
): Page<Row> {
  return { rows: rows.map(make), next }
}

/** Times are compared as texts, so that they have to be written alike. */
function normalized<Q extends RunFilter>(query: Q): Q {
  return { ...query, since: isoTime(query.since), until: isoTime(query.until) }
}

function isoTime(time: string | undefined): string | undefined {
  if (time === undefined) return undefined
  const date = new Date(time)
  if (Number.isNaN(date.getTime())) {
    throw new TypeError(`"${time}" is no time; write it as 2026-11-23 or 2026-11-23T19:30:00Z`)
  }
  return date.toISOString()
}
