import type { JSX } from 'preact'
import { useEffect } from 'preact/hooks'

import type { JobSummary, RunDetail } from '../api/schemas.js'
import { ApiError, api } from './api.js'
import { Acts } from './acts.js'
import { Documents } from './documents.js'
import { Icon } from './icons.js'
import { JobSection } from './job-section.js'
import { useLive, useLoaded } from './live.js'
import { ActButton } from './operations.js'
import { Rules } from './rules.js'
import { ExitBadge } from './state-badge.js'
import { useSurroundings } from './surroundings.js'
import { duration, Time } from './time.js'

/** All about one run. */
export function RunPage(given: {
  readonly uid: string
  readonly query: URLSearchParams
}): JSX.Element {
  const { uid, query } = given
  const { live } = useSurroundings()
  const { value: run, error, reload, change } = useLoaded(uid, (signal) => api.run(uid, signal))
  useLive(live, {
    anew: () => reload(100),
    run: (changed) => {
      if (changed.uid !== uid) return
      change((before) => withJobs(before, changed.jobs))
      reload(500)
    },
  })
  useEffect(() => {
    if (run) document.title = `${titleOf(run)} · prompt-papermill`
  }, [run])
  return (
    <article class="run-page">
      <nav aria-label="Back">
        <a class="back" href="/">
          <Icon name="back" /> All runs
        </a>
      </nav>
      {error && <Failed error={error} uid={uid} />}
      {!run && !error && <p class="loading">Loading…</p>}
      {run && <Whole run={run} query={query} />}
    </article>
  )
}

function Whole(given: { readonly run: RunDetail; readonly query: URLSearchParams }): JSX.Element {
  const { run, query } = given
  // what went wrong is what people come for
  const jobs = [...run.jobs].sort(
    (a, b) => Number(b.state === 'failed') - Number(a.state === 'failed'),
  )
  return (
    <>
      <Facts run={run} />
      {jobs.map((job) => (
        <JobSection key={job.id} job={job} query={query} />
      ))}
      {run.jobs.length === 0 && (
        <p class="empty">
          {run.stopped_at === null
            ? 'It is being measured: its jobs come when it stops.'
            : 'No rule made a job for it; below is why.'}
        </p>
      )}
      <Rules run={run} />
      <Documents run={run} />
      <Acts run={run} />
    </>
  )
}

function Facts({ run }: { readonly run: RunDetail }): JSX.Element {
  const { about } = useSurroundings()
  const canAct = about !== null && about.acting !== 'off'
  const ended = run.jobs.filter(({ finished_at: at }) => at !== null)
  return (
    <header class="facts">
      <div class="title">
        <h1>
          <bdi>{run.plan_name ?? 'unknown plan'}</bdi>
          {run.scan_id !== null && (
            <span class="scan">
              {' '}
              scan <bdi>{String(run.scan_id)}</bdi>
            </span>
          )}
        </h1>
        <ExitBadge status={run.exit_status} />
        <span class="spring" />
        {canAct && ended.length > 1 && (
          <ActButton act={() => api.rerun(run.uid)} label="Rerun all jobs" said="Queued again" />
        )}
      </div>
      <dl>
        {run.sample !== null && <Fact name="Sample" value={<bdi>{run.sample}</bdi>} />}
        <Fact name="Began" value={<Time at={run.started_at} />} />
        <Fact name="Took" value={duration(run.started_at, run.stopped_at) || 'not known'} />
        <Fact name="Documents" value={`${run.documents}${completeness(run)}`} />
        <Fact name="Uid" value={<bdi class="mono">{run.uid}</bdi>} />
      </dl>
    </header>
  )
}

function Fact({ name, value }: { readonly name: string; readonly value: JSX.Element | string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  )
}

function completeness({ complete, stopped_at: stopped, gaps }: RunDetail): string {
  if (stopped === null) return ', so far'
  if (complete) return ', complete'
  return gaps.length > 0 ? `, incomplete: ${gaps.length} gaps` : ', incomplete'
}

function Failed({ error, uid }: { readonly error: Error; readonly uid: string }): JSX.Element {
  const isMissing = error instanceof ApiError && error.status === 404
  return (
    <p class="notice bad">
      {isMissing
        ? `The ledger has no run ${uid.slice(0, 100)}. It may be of another beamline, or retention has taken it.`
        : error.message}
    </p>
  )
}

/** With its jobs as they stand now, until all of it is asked anew. */
function withJobs(run: RunDetail, jobs: readonly JobSummary[]): RunDetail {
  const now = new Map(jobs.map((job) => [job.id, job]))
  return { ...run, jobs: run.jobs.map((job) => ({ ...job, ...now.get(job.id) })) }
}

function titleOf(run: RunDetail): string {
  return [run.plan_name ?? 'run', run.scan_id, run.sample].filter((part) => part !== null).join(' ')
}
