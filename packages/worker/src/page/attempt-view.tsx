import type { JSX } from 'preact'
import { useEffect } from 'preact/hooks'

import type { AttemptDetail, JobDetail } from '../api/schemas.js'
import { api } from './api.js'
import { Failure } from './failure.js'
import { Files } from './files.js'
import { LogTail } from './log-tail.js'
import { useLoaded } from './live.js'
import { Lazy } from './lazy.js'
import { StateBadge } from './state-badge.js'
import { duration, Time } from './time.js'
import { Values } from './values.js'

/** A notebook is saved at most once a second. */
const afterSave = 1200

/** How often it is looked while it runs: a long cell shows figures before it ends, in milliseconds. */
const everySave = 3000

/** One attempt: why it failed, its figures, its notebook, and what else it left. */
export function AttemptView(given: {
  readonly job: JobDetail
  readonly attempt: number
  readonly titled: boolean
}): JSX.Element {
  const { job, attempt, titled } = given
  const key = `${job.id} ${attempt}`
  const { value, error, reload } = useLoaded(key, (signal) => api.attempt(job.id, attempt, signal))
  const { step, event } = job.progress ?? {}
  useEffect(() => {
    if (value) reload(job.state === 'running' ? afterSave : 200)
    if (job.state !== 'running') return undefined
    const again = setInterval(reload, everySave)
    return () => clearInterval(again)
  }, [job.state, job.finished_at, step, event])
  return (
    <section class="attempt" aria-label={`Attempt ${attempt} of ${job.entry}`}>
      {titled && value && (
        <h3>
          Attempt {attempt} <StateBadge state={value.state} reason={value.reason} />
        </h3>
      )}
      {error && <p class="notice bad">{error.message}</p>}
      {!value && !error && <p class="loading">Loading…</p>}
      {value && <Parts job={job} detail={value} />}
    </section>
  )
}

function Parts(given: { readonly job: JobDetail; readonly detail: AttemptDetail }): JSX.Element {
  const { job, detail } = given
  const label = `${job.entry}, attempt ${detail.attempt}`
  return (
    <>
      <Failure detail={detail} />
      <p class="about">
        Attempt {detail.attempt} began <Time at={detail.started_at} />
        {detail.finished_at !== null && (
          <> and took {duration(detail.started_at, detail.finished_at)}</>
        )}
      </p>
      {detail.figures.length > 0 && (
        <ul class="figures" aria-label="Figures">
          {detail.figures.map(({ title, url }) => (
            <li key={`${title} ${url.split('?')[0] ?? ''}`}>
              <figure>
                <a href={url} target="_blank" rel="noreferrer">
                  <img src={url} alt={`${title} of ${label}`} loading="lazy" />
                </a>
                <figcaption>{title}</figcaption>
              </figure>
            </li>
          ))}
        </ul>
      )}
      {detail.notebook !== null && (
        <Lazy summary="Notebook">
          <iframe
            sandbox=""
            class="notebook"
            title={`Notebook of ${label}`}
            src={detail.notebook}
          />
          <a href={detail.notebook} target="_blank" rel="noreferrer">
            Open it by itself
          </a>
        </Lazy>
      )}
      <Lazy summary="Log">
        <LogTail job={job.id} attempt={detail.attempt} state={detail.state} />
      </Lazy>
      <Lazy summary={`Files (${detail.files.length})`}>
        <Files detail={detail} />
      </Lazy>
      {detail.manifest && (
        <Lazy summary="Manifest">
          <Values value={detail.manifest} />
        </Lazy>
      )}
    </>
  )
}
