import type { JSX } from 'preact'

import { api } from './api.js'
import { useLoaded } from './live.js'

/** The end of what papermill and the kernel said. */
export function LogTail(given: {
  readonly job: string
  readonly attempt: number
  readonly state: string
}): JSX.Element {
  const { job, attempt, state } = given
  const { value, error } = useLoaded(`${job} ${attempt} ${state}`, async (signal) => ({
    text: await api.log(job, attempt, signal),
  }))
  if (error) return <p class="notice bad">{error.message}</p>
  if (!value) return <p class="loading">Loading…</p>
  if (value.text === null) return <p class="hint">This attempt has no log.</p>
  return (
    <pre tabIndex={0} class="log">
      {value.text === '' ? 'The log is empty.' : value.text}
    </pre>
  )
}
