import type { FailureReason } from '@prompt-papermill/core'

import type { NotebookOutcome } from './result.js'

/** What a batch system says when it ends a job, and what that means. Only lines of its own programs count. */
const WORDS: readonly {
  readonly said: RegExp
  readonly outcome: (line: string) => NotebookOutcome
}[] = [
  {
    said: /exceeded (job )?memory limit|oom[-_ ]kill|out of memory/i,
    outcome: (line) =>
      failed('out-of-memory', `Slurm ended the job for its memory (${line})`, 'memory'),
  },
  {
    said: /due to time limit/i,
    outcome: (line) =>
      failed('timed-out', `Slurm ended the job at its time limit (${line})`, 'time'),
  },
  {
    said: /node failure|node_fail/i,
    outcome: (line) => failed('interrupted', `the node that ran the notebook failed (${line})`),
  },
  {
    said: /due to preemption/i,
    outcome: (line) => failed('interrupted', `Slurm gave the place to another job (${line})`),
  },
  {
    said: /cancelled at|has been revoked|job has been cancelled/i,
    outcome: (line) => ({
      state: 'cancelled',
      message: `the job was cancelled in Slurm (${line})`,
    }),
  },
]

/**
 * Why a batch system ended a job, by what was said meanwhile; undefined if it does not say so. The
 * exit code alone is ambiguous: `srun` has 137 for a limit, a cancel and a crash, and 0 for a lost node.
 */
export function endedByBatchSystem(said: string): NotebookOutcome | undefined {
  const lines = said.split('\n').filter((line) => /^(\d+: )?(srun|slurmstepd[\w.-]*): /.test(line))
  for (const { said: words, outcome } of WORDS) {
    const line = lines.find((each) => words.test(each))
    if (line !== undefined) return outcome(line.trim())
  }
  return undefined
}

function failed(reason: FailureReason, message: string, limit?: string): NotebookOutcome {
  const evidence = limit === undefined ? {} : { limit: `${limit} of the batch system` }
  return { state: 'failed', reason, message, evidence }
}
