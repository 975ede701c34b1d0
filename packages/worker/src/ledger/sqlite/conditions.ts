import type { JobQuery, Paging, RunFilter, RunQuery } from '../queries.js'

/** Clauses of a WHERE with the values that are bound to them. */
export interface Conditions {
  readonly where: string
  readonly values: Readonly<Record<string, string | number>>
}

/** Collects clauses; every value is bound under a name of its own, none becomes part of the SQL. */
class Collector {
  readonly #clauses: string[] = []
  readonly #values: Record<string, string | number> = {}

  /** Adds a clause if there is a value; `?` stands for it. */
  add(value: string | number | undefined, clause: string): this {
    if (value === undefined) return this
    this.#clauses.push(clause.replaceAll('?', this.#bind(value)))
    return this
  }

  /** The beginning of a text, by a range, for which an index serves. */
  begins(value: string | undefined, column: string): this {
    if (value === undefined || value === '') return this
    return this.add(value, `${column} >= ?`).add(`${value}\u{10ffff}`, `${column} < ?`)
  }

  oneOf(values: string | readonly string[] | undefined, clause: (list: string) => string): this {
    if (values === undefined) return this
    const names = (typeof values === 'string' ? [values] : values).map((value) => this.#bind(value))
    this.#clauses.push(clause(`(${names.join(', ')})`))
    return this
  }

  done(): Conditions {
    const where = this.#clauses.length === 0 ? '1' : this.#clauses.join(' AND ')
    return { where, values: this.#values }
  }

  #bind(value: string | number): string {
    const name = `v${Object.keys(this.#values).length}`
    this.#values[name] = value
    return `@${name}`
  }
}

/** The conditions of a query for jobs `j` of runs `r`. */
export function jobConditions(query: JobQuery): Conditions {
  return ofRun(new Collector(), query)
    .begins(query.id, 'j.id')
    .oneOf(query.state, (list) => `j.state IN ${list}`)
    .add(query.reason, 'j.reason = ?')
    .add(query.rule, 'j.rule = ?')
    .add(query.entry, 'j.entry = ?')
    .add(query.since, 'j.queued_at >= ?')
    .add(query.until, 'j.queued_at < ?')
    .add(
      query.text?.toLowerCase(),
      `(instr(r.search, ?) > 0 OR instr(lower(j.rule || ' ' || j.entry || ' ' || j.id || ' ' || coalesce(j.message, '')), ?) > 0)`,
    )
    .add(seqOf(query), `j.seq ${past(query)} ?`)
    .done()
}

/** The conditions of a query for runs `r`. */
export function runConditions(query: RunQuery): Conditions {
  const conditions = ofRun(new Collector(), query)
    .add(query.exit_status, 'r.exit_status = ?')
    .add(query.since, 'coalesce(r.started_at, r.stopped_at) >= ?')
    .add(query.until, 'coalesce(r.started_at, r.stopped_at) < ?')
    .oneOf(query.state, (list) => ofJobs(`j.state IN ${list}`))
    .add(query.rule, ofJobs('j.rule = ?'))
    .add(
      query.text?.toLowerCase(),
      `(instr(r.search, ?) > 0 OR ${ofJobs(`instr(lower(j.rule || ' ' || j.entry || ' ' || j.id || ' ' || coalesce(j.message, '')), ?) > 0`)})`,
    )
  if (query.open !== undefined) {
    conditions.add(query.open ? 1 : 0, '(r.stopped_at IS NULL) = ?')
  }
  return conditions.add(seqOf(query), `r.seq ${past(query)} ?`).done()
}

/** The page's own part of a statement: its order, and one row more than it holds. */
export function paging({ order, limit = 100 }: Paging): { order: string; limit: number } {
  return {
    order: order === 'oldest' ? 'ASC' : 'DESC',
    limit: Math.max(1, Math.min(1000, Math.trunc(limit))),
  }
}

/** Where a page begins: `seq` of the last row before it. */
export function seqOf({ after }: Paging): number | undefined {
  if (after === undefined) return undefined
  const seq = Number(after)
  // nothing is past it, so that a page that was never given is empty
  return Number.isSafeInteger(seq) ? seq : -1
}

export function past({ order }: Paging): '>' | '<' {
  return order === 'oldest' ? '>' : '<'
}

function ofRun(conditions: Collector, filter: RunFilter): Collector {
  return conditions
    .begins(filter.uid, 'r.uid')
    .add(filter.plan_name, 'r.plan_name = ?')
    .add(filter.sample, 'r.sample = ?')
    .oneOf(scanIds(filter.scan_id), (list) => `r.scan_id IN ${list}`)
}

function ofJobs(condition: string): string {
  return `EXISTS (SELECT 1 FROM jobs j WHERE j.uid = r.uid AND ${condition})`
}

/** As the JSON of a number and of a text. */
function scanIds(scanId: string | undefined): readonly string[] | undefined {
  return scanId === undefined ? undefined : [scanId, JSON.stringify(scanId)]
}
