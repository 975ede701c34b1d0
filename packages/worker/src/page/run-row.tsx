import type { JSX } from 'preact'
import { memo } from './memo.js'

import type { JobSummary, RunSummary } from '../api/schemas.js'
import { runUrl } from './router.js'
import { CellProgress, ExitBadge, StateBadge } from './state-badge.js'
import { Thumbnails } from './thumbnails.js'
import { Time } from './time.js'

/** Jobs of one run that a row names. */
const mostJobs = 4

/** A run in the list. */
export const RunRow = memo(function RunRow({ run }: { readonly run: RunSummary }): JSX.Element {
  const shown = run.jobs.slice(0, mostJobs)
  return (
    <li class="run">
      <div class="what">
        <a class="run-link" href={runUrl(run.uid)}>
          <bdi class="plan">{run.plan_name ?? 'unknown plan'}</bdi>
        </a>
        <span class="scan">
          {run.scan_id === null ? (
            run.uid.slice(0, 8)
          ) : (
            <>
              scan <bdi>{String(run.scan_id)}</bdi>
            </>
          )}
        </span>
        {run.sample !== null && <bdi class="sample">{run.sample}</bdi>}
      </div>
      <div class="when">
        <Time at={run.started_at ?? run.stopped_at} short />
        <ExitBadge status={run.exit_status} />
        {run.stopped_at !== null && !run.complete && <span class="hint">incomplete</span>}
      </div>
      <ul class="jobs" aria-label="Jobs">
        {shown.map((job) => (
          <li key={job.id}>
            <span class="entry">{job.entry}</span>
            <StateBadge state={job.state} reason={job.reason} />
            <CellProgress job={job} />
          </li>
        ))}
        {run.jobs.length > mostJobs && <li>{run.jobs.length - mostJobs} more</li>}
        {run.jobs.length === 0 && run.stopped_at !== null && <li class="hint">no job for it</li>}
      </ul>
      <Thumbnails job={withFigures(run)} />
    </li>
  )
})

/** The job whose figures stand for the run: the first that could have some. */
function withFigures({ jobs }: RunSummary): JobSummary | null {
  return (
    jobs.find(({ state }) => state === 'succeeded' || state === 'running') ??
    jobs.find(({ results_dir: folder }) => folder !== null) ??
    null
  )
}
