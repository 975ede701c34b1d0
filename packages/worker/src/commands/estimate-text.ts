import { basename } from 'node:path'

import type { Estimate } from '../replay/estimate.js'
import { count } from './counting.js'

/** What a dry run says of how long it would take. */
export function estimateText({ seconds, known, unknown }: Estimate, concurrency: number): string {
  const parts: string[] = []
  if (known > 0) {
    const many = known > 1 && concurrency > 1 ? `, ${Math.min(known, concurrency)} at once` : ''
    parts.push(`${count(known, 'job')} in about ${timeText(seconds)}${many}`)
  }
  for (const [name, jobs] of unknown) {
    parts.push(
      `${count(jobs, 'job')} of ${basename(name)} in a time unknown, since none has succeeded yet`,
    )
  }
  return parts.join('; ')
}

function timeText(seconds: number): string {
  if (seconds < 90) return `${Math.max(1, Math.round(seconds))} s`
  const minutes = Math.round(seconds / 60)
  if (minutes < 90) return `${minutes} min`
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`
}
