import Database from 'better-sqlite3'

/**
 * Writes a row for each run to a database; the database of a facility is another, the rest is the same:
 *
 *     parameters: { file: /var/lib/beamline/runs.db }
 *
 * The run's uid is the key, so that a rerun writes the row again and makes no second one. Values of documents go in
 * as parameters of the statement, never as text of it.
 *
 * @type {import('@prompt-papermill/core').Action}
 */
export default {
  name: 'record',
  async run(run, { parameters }) {
    const { uid, plan_name, scan_id, time, sample_name } = run.start
    const database = new Database(parameters.file)
    try {
      database.exec(`CREATE TABLE IF NOT EXISTS runs (
        uid TEXT PRIMARY KEY, plan_name TEXT, scan_id INTEGER, sample TEXT, began TEXT, seconds REAL,
        exit_status TEXT, events INTEGER) STRICT`)
      database.prepare(`INSERT OR REPLACE INTO runs VALUES (?, ?, ?, ?, ?, ?, ?, ?)`).run(
        uid,
        plan_name ?? null,
        scan_id ?? null,
        // what a user typed in may be anything
        sample_name === undefined ? null : String(sample_name),
        new Date(time * 1000).toISOString(),
        run.duration ?? null,
        run.stop?.exit_status ?? null,
        Object.values(run.events).reduce((sum, count) => sum + count, 0),
      )
    } finally {
      database.close()
    }
    return { state: 'succeeded' }
  },
}
