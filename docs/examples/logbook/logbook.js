import { readFile } from 'node:fs/promises'

/**
 * Posts an entry about the run to a logbook, with a figure if there is one:
 *
 *     parameters: { url: 'http://logbook/entries', figure: /path/of/a/figure.png }
 *
 * An entry is made once for each run: the job's id goes along, and the logbook is to know it again.
 *
 * @type {import('@prompt-papermill/core').Action}
 */
export default {
  name: 'logbook',
  async run(run, { parameters, signal, logger, job }) {
    const { plan_name, scan_id, uid } = run.start
    const status = run.stop?.exit_status
    const text = `Scan ${scan_id} (${plan_name}) ended with ${status} after ${run.duration?.toFixed(1)} s`
    const body = new FormData()
    body.set('title', `Scan ${scan_id}`)
    body.set('text', `${text}.\nuid ${uid}`)
    if (parameters.figure)
      body.set('figure', new Blob([await readFile(parameters.figure)]), 'figure.png')

    const response = await fetch(parameters.url, {
      method: 'POST',
      headers: { 'idempotency-key': job.id },
      body,
      signal,
    })
    if (!response.ok) {
      return {
        state: 'failed',
        reason: 'not-started',
        message: `the logbook at ${parameters.url} answered ${response.status} ${response.statusText}`,
      }
    }
    logger.info({ uid }, text)
    return { state: 'succeeded', message: text }
  },
}
