import { Fragment, type JSX } from 'preact'
import { useEffect } from 'preact/hooks'

import type { RunPage, RunSummary } from '../api/schemas.js'
import { api } from './api.js'
import { apiQuery, filterNames } from './filter-query.js'
import { Filters } from './filters.js'
import { useLive, useLoaded } from './live.js'
import { RunRow } from './run-row.js'
import { useSurroundings } from './surroundings.js'
import { dayOf } from './time.js'

/** So many runs are shown at once; older ones are a page further. */
const pageSize = 50

/** The runs, newest first, as they come. */
export function RunList({ query }: { readonly query: URLSearchParams }): JSX.Element {
  const { live } = useSurroundings()
  const asked = apiQuery(query)
  const { value, error, reload, change } = useLoaded(asked.toString(), (signal) =>
    api.runs(asked, signal),
  )
  const isWhole = ![...filterNames, 'after'].some((name) => query.has(name))
  useLive(live, {
    anew: () => reload(100 + Math.random() * 400),
    run: (run) => {
      if (value?.runs.some(({ uid }) => uid === run.uid)) change((page) => replaced(page, run))
      else if (isWhole) change((page) => added(page, run))
      // whether it is one of those that are looked for, only the ledger can tell
      else if (!query.has('after')) reload(1500 + Math.random() * 1000)
    },
  })
  useEffect(() => {
    document.title = 'Runs · prompt-papermill'
  }, [])
  return (
    <>
      <h1 class="hidden">Runs</h1>
      <Filters query={query} />
      {error && <p class="notice bad">{error.message}</p>}
      {!value && !error && <p class="loading">Loading…</p>}
      {value?.runs.length === 0 && <NoRuns isWhole={isWhole} />}
      {value && <Runs runs={value.runs} />}
      {value && <Pages query={query} next={value.next} />}
    </>
  )
}

function Runs({ runs }: { readonly runs: readonly RunSummary[] }): JSX.Element {
  const days: { day: string; runs: RunSummary[] }[] = []
  for (const run of runs) {
    const day = dayOf(run.started_at ?? run.stopped_at)
    if (days.at(-1)?.day === day) days.at(-1)?.runs.push(run)
    else days.push({ day, runs: [run] })
  }
  return (
    <div class="runs">
      {days.map(({ day, runs: ofDay }) => (
        <Fragment key={`${day} ${ofDay[0]?.uid ?? ''}`}>
          <h2 class="day">{day}</h2>
          <ol>
            {ofDay.map((run) => (
              <RunRow key={run.uid} run={run} />
            ))}
          </ol>
        </Fragment>
      ))}
    </div>
  )
}

function NoRuns({ isWhole }: { readonly isWhole: boolean }): JSX.Element {
  return (
    <p class="empty">
      {isWhole
        ? 'No runs yet. They appear here as soon as a RunEngine publishes one; prompt-papermill tap shows whether documents come at all.'
        : 'No runs are like that. Show all, or look for something else.'}
    </p>
  )
}

function Pages(given: {
  readonly query: URLSearchParams
  readonly next: string | null
}): JSX.Element | null {
  const { query, next } = given
  if (next === null && !query.has('after')) return null
  const url = (after: string | null): string => {
    const wanted = new URLSearchParams(query)
    if (after === null) wanted.delete('after')
    else wanted.set('after', after)
    return `/?${wanted.toString()}`
  }
  return (
    <nav class="pages" aria-label="Pages of runs">
      {query.has('after') && <a href={url(null)}>Newest</a>}
      {next !== null && <a href={url(next)}>Older</a>}
    </nav>
  )
}

function replaced(page: RunPage, run: RunSummary): RunPage {
  return { ...page, runs: page.runs.map((one) => (one.uid === run.uid ? run : one)) }
}

/** With a run that came just now; one that was only worked on anew stands further down. */
function added(page: RunPage, run: RunSummary): RunPage {
  const newest = page.runs[0]
  const time = (one: RunSummary): string => one.started_at ?? one.stopped_at ?? ''
  if (newest && time(run) < time(newest)) return page
  return { ...page, runs: [run, ...page.runs].slice(0, pageSize) }
}
