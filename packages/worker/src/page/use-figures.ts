import { useEffect, useState } from 'preact/hooks'

import type { Figure, JobSummary } from '../api/schemas.js'
import { api } from './api.js'

/** A notebook is saved at most once a second, so that a figure is there a little later than its cell's end. */
const afterSave = 1200

/** How often it is looked while a job runs: a long cell shows figures before it ends, in milliseconds. */
const everySave = 3000

/** The figures of a job's latest attempt, as they appear; none for null. */
export function useFigures(job: JobSummary | null): readonly Figure[] {
  const [figures, setFigures] = useState<readonly Figure[]>([])
  const running = job?.state === 'running'
  const key =
    job === null || job.results_dir === null
      ? ''
      : `${job.id} ${job.attempt} ${job.state} ${job.progress?.step ?? ''} ${job.progress?.event ?? ''}`
  useEffect(() => {
    if (!job || key === '') return undefined
    const gone = new AbortController()
    const ask = (): void => {
      api.figures(job.id, job.attempt, gone.signal).then(
        (answer) => setFigures(answer.figures),
        () => {
          // they are not there, or are asked for again
        },
      )
    }
    const first = setTimeout(ask, running ? afterSave : 0)
    const again = running ? setInterval(ask, everySave) : undefined
    return () => {
      clearTimeout(first)
      clearInterval(again)
      gone.abort()
    }
  }, [key])
  return figures
}
