import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'

/**
 * Has a tomogram reconstructed by a REST service, and waits until it is there:
 *
 *     parameters: { url: 'http://reconstruction/jobs', algorithm: gridrec, every: 2 }
 *
 * `every` is how often the service is asked, in seconds (default 2). A service that has the job already, since
 * the worker was restarted meanwhile, is not given it twice: the job's id names it there. When the job is cancelled
 * here, it is taken back there.
 *
 * @type {import('@prompt-papermill/core').Action}
 */
export default {
  name: 'reconstruct',
  async run(run, { parameters, signal, progress, resultsDir, job }) {
    const { url, algorithm = 'gridrec', every = 2 } = parameters
    const place = `${url}/${encodeURIComponent(job.id)}`
    await ask(place, {
      method: 'PUT',
      body: JSON.stringify({ uid: run.start.uid, algorithm }),
      signal,
    })
    try {
      for (;;) {
        const { state, slice, slices, message, volume } = await ask(place, { signal })
        if (state === 'failed') return { state: 'failed', reason: 'cell-error', message }
        if (state === 'done') {
          await writeFile(join(resultsDir, 'volume.json'), JSON.stringify({ volume }))
          return { state: 'succeeded', message: `the volume is ${volume}` }
        }
        if (slices > 0) progress({ step: slice, of: slices, event: 'finished' })
        await pause(every * 1000, undefined, { signal })
      }
    } catch (error) {
      // told to end: nobody waits for it any more; a short word, since this job must end soon
      if (signal.aborted) await ask(place, { method: 'DELETE', signal: AbortSignal.timeout(1000) })
      throw error
    }
  },
}

async function ask(url, options) {
  const headers = { 'content-type': 'application/json' }
  const response = await fetch(url, { headers, ...options })
  if (!response.ok)
    throw new Error(`${options.method ?? 'GET'} ${url} was answered ${response.status}`)
  return response.status === 204 ? null : response.json()
}
