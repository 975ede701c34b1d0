import type { JSX } from 'preact'

import type { JobSummary } from '../api/schemas.js'
import { Icon } from './icons.js'

/** States of jobs as people say them. */
const words: Readonly<Record<string, string>> = {
  'no-data': 'no data',
}

/** Where a job or attempt stands: an icon, a colour and a word. */
export function StateBadge(given: {
  readonly state: string
  readonly reason?: string | null
}): JSX.Element {
  const { state, reason } = given
  return (
    <span class={`badge state-${state}`}>
      <Icon name={state} />
      <span>
        {words[state] ?? state}
        {reason ? ` (${reason})` : ''}
      </span>
    </span>
  )
}

/** How a run ended, by its Run Stop. */
export function ExitBadge({ status }: { readonly status: string | null }): JSX.Element {
  const [state, word]: readonly [string, string] =
    status === null
      ? ['open', 'measuring']
      : status === 'success'
        ? ['succeeded', 'success']
        : ['failed', status]
  return (
    <span class={`exit exit-${state}`}>
      <Icon name={state} />
      <span>{word}</span>
    </span>
  )
}

/** How far a job that runs has come, by cells. */
export function CellProgress({ job }: { readonly job: JobSummary }): JSX.Element | null {
  const { progress } = job
  if (job.state !== 'running' || !progress) return null
  const { step, of, event, remainingSeconds, message } = progress
  if (of === 0 || event === 'waiting') {
    return <span class="progress-text">{message ?? 'starting'}</span>
  }
  const done = event === 'finished' ? step : step - 1
  const left =
    remainingSeconds === undefined || remainingSeconds < 1
      ? ''
      : `, about ${Math.ceil(remainingSeconds)} s left`
  return (
    <span class="cell-progress">
      <progress max={of} value={done} aria-label={`Cells of ${job.entry}`} />
      <span class="progress-text">
        cell {step} of {of}
        {left}
      </span>
    </span>
  )
}
