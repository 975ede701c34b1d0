import { oneLine } from '../../log/escape.js'
import type { Proof } from './check-results.js'
import type { FinishedRun } from './follow-runs.js'

/** A run of the demo with what came of it and what was proved. */
export interface DemoRun extends FinishedRun {
  readonly proofs: readonly Proof[]
}

/** What the demo shows at its end: each run, what was decided and why, what was proved, where the results are. */
export function reportText(runs: readonly DemoRun[], dir: string): string {
  const lines = [
    '',
    ...runs.flatMap(runLines),
    `Everything is in ${dir}: results below papermill/results, logs in log.`,
  ]
  return lines.map((line) => `${oneLine(line)}\n`).join('')
}

function runLines({ reported, jobs, proofs }: DemoRun): string[] {
  const { uid, plan_name: plan, exit_status: status, events } = reported
  return [
    `${plan ?? '(no plan_name)'} ${uid.slice(0, 8)}: ${events} events, ended with ${status}`,
    ...(jobs.length === 0
      ? [`  no job: the rule default has no template ${plan ?? ''}.ipynb`]
      : []),
    ...jobs.flatMap(({ rule, entry, state, reason, message, results_dir: folder }) => {
      const why = reason === null ? '' : ` (${reason})${message === null ? '' : `: ${message}`}`
      return [
        `  rule ${rule} → ${entry}: ${state}${why}`,
        ...(folder === null ? [] : [`    ${folder}`]),
      ]
    }),
    ...proofs.map(({ claim, problem }) =>
      problem === null ? `    ✓ ${claim}` : `    ✗ ${claim}: ${problem}`,
    ),
    '',
  ]
}
