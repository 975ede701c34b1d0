import type { RunRouter } from '@prompt-papermill/core'

import type { Meter } from './meter.js'
import { Tally } from './tally.js'

/** What can be lost of a run, by the event that tells it; docs/reference/loss.md explains each. */
const losses = [
  'joined',
  'gap',
  'interrupted',
  'miscounted',
  'stop-without-start',
  'unattributed',
  'abandoned',
] as const

const exitStatuses = ['success', 'abort', 'fail']

/** Counts runs, and what was lost of them. */
export function countRuns(meter: Meter, router: RunRouter): void {
  const { events } = router
  meter.gauge('open_runs', 'Runs that have begun and not stopped.', () => router.openRuns.length)
  const stopped = new Tally(exitStatuses)
  meter.tallied('runs_total', 'Runs that have stopped, by exit status.', 'exit_status', stopped)
  events.on('stopped', ({ stop }) => {
    // a document can say anything
    const status = String(stop?.exit_status)
    stopped.add(exitStatuses.includes(status) ? status : 'other')
  })
  const lost = new Tally(losses)
  meter.tallied('run_losses_total', 'What was lost of runs, by kind.', 'kind', lost)
  for (const kind of losses) events.on(kind, () => lost.add(kind))
  const duplicates = meter.counter(
    'duplicates_total',
    'Times that a Run Start or Run Stop came again, and runs of which another document did.',
  )
  events.on('duplicate', () => duplicates.inc())
  const undecided = meter.counter(
    'decision_errors_total',
    'Runs, or rules of them, that could not be decided.',
  )
  events.on('decision-error', () => undecided.inc())
}
