import type { JSX } from 'preact'

import type { RunDetail } from '../api/schemas.js'
import { api } from './api.js'
import { useLoaded } from './live.js'
import { Time } from './time.js'

/** Who did what to the run and its jobs; nothing where nobody did. */
export function Acts({ run }: { readonly run: RunDetail }): JSX.Element | null {
  // what was done shows in the jobs
  const key = run.jobs.map(({ id, state, attempt }) => `${id} ${state} ${attempt}`).join()
  const { value } = useLoaded(key, (signal) => api.acts(run.uid, signal))
  if (!value || value.acts.length === 0) return null
  const entryOf = (id: string | null): string => run.jobs.find((job) => job.id === id)?.entry ?? ''
  return (
    <section aria-labelledby="acts">
      <h2 id="acts">Who did what</h2>
      <ul class="acts">
        {value.acts.map(({ at, who, what, job }) => (
          <li key={`${at} ${what} ${job ?? ''}`}>
            <Time at={at} /> <bdi>{who}</bdi>: {what} {entryOf(job)}
          </li>
        ))}
      </ul>
    </section>
  )
}
