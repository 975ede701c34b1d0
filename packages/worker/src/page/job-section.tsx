import type { JSX } from 'preact'

import type { JobDetail } from '../api/schemas.js'
import { api } from './api.js'
import { AttemptView } from './attempt-view.js'
import { ActButton } from './operations.js'
import { runUrl } from './router.js'
import { CellProgress, StateBadge } from './state-badge.js'
import { useSurroundings } from './surroundings.js'
import { Values } from './values.js'

/** A job of a run, with one of its attempts, or two side by side. */
export function JobSection(given: {
  readonly job: JobDetail
  readonly query: URLSearchParams
}): JSX.Element {
  const { job, query } = given
  const chosen = query.get('job') === job.id
  const latest = job.attempts.at(-1)?.attempt ?? 0
  const first = (chosen && numberOf(query.get('attempt'), job)) || latest
  const second = chosen ? numberOf(query.get('with'), job) : 0
  return (
    <section class="job" aria-labelledby={`job-${job.id}`}>
      <div class="title">
        <h2 id={`job-${job.id}`}>{job.entry}</h2>
        <StateBadge state={job.state} reason={job.reason} />
        <CellProgress job={job} />
        <span class="spring" />
        <Operations job={job} />
      </div>
      <p class="about">
        Rule <b>{job.rule}</b>
        {job.template !== null && (
          <>
            {' '}
            · notebook <span class="mono">{job.template.split('/').at(-1)}</span>
          </>
        )}
      </p>
      {job.message !== null && first === latest && job.attempts.length === 0 && (
        <p class="message">{job.message}</p>
      )}
      {job.attempts.length > 1 && <Attempts job={job} first={first} second={second} />}
      {first > 0 && (
        <div class={second > 0 ? 'side-by-side' : ''}>
          <AttemptView job={job} attempt={first} titled={second > 0} />
          {second > 0 && <AttemptView job={job} attempt={second} titled />}
        </div>
      )}
      <details>
        <summary>Parameters</summary>
        <Values value={job.parameters} />
      </details>
    </section>
  )
}

function Operations({ job }: { readonly job: JobDetail }): JSX.Element | null {
  const { about } = useSurroundings()
  if (!about || about.acting === 'off') return null
  return job.finished_at !== null && !['queued', 'waiting', 'running'].includes(job.state) ? (
    <ActButton
      act={() => api.rerun(job.id)}
      label="Rerun"
      said="Queued again"
      title={`Attempt ${job.entry} once more`}
    />
  ) : (
    <ActButton act={() => api.cancel(job.id)} label="Cancel" said="Cancelled" />
  )
}

/** Links to each attempt, and to two at once. */
function Attempts(given: {
  readonly job: JobDetail
  readonly first: number
  readonly second: number
}): JSX.Element {
  const { job, first, second } = given
  const base = `${runUrl(job.uid)}?job=${encodeURIComponent(job.id)}`
  const others = job.attempts.filter(({ attempt }) => attempt !== first)
  const other = others.at(-1)?.attempt ?? first
  return (
    <nav class="attempts" aria-label={`Attempts of ${job.entry}`}>
      {job.attempts.map(({ attempt, state, reason }) => (
        <a
          key={attempt}
          href={`${base}&attempt=${attempt}`}
          aria-current={second === 0 && attempt === first ? 'true' : undefined}
        >
          Attempt {attempt} <StateBadge state={state} reason={reason} />
        </a>
      ))}
      <a
        href={`${base}&attempt=${Math.min(first, other)}&with=${Math.max(first, other)}`}
        aria-current={second > 0 ? 'true' : undefined}
      >
        Side by side
      </a>
    </nav>
  )
}

/** The number of an attempt that is there; 0: there is none such. */
function numberOf(text: string | null, job: JobDetail): number {
  return job.attempts.find(({ attempt }) => String(attempt) === text)?.attempt ?? 0
}
