import type { Told } from './conversation.js'
import { EXPORT_LIMIT } from './conversation.js'
import { htmlPath } from './job-line.js'
import { removePartial } from './mend.js'
import type { NotebookOutcome } from './result.js'
import type { Filled } from './run-job.js'

/**
 * Why a notebook that was to be exported as HTML was not; null if it was, or was not to be. One that was
 * cancelled, or whose host stops, is not exported.
 */
export async function problemOfExport(
  { last, started, exported }: Told,
  output: string,
  { html }: Filled,
): Promise<string | null> {
  if (!html || !started || (last && !last.exports)) return null
  const problem = exported ? exported.problem : whyMissing(last)
  if (problem === null) return null
  // what was half written when its program was ended
  await removePartial(htmlPath(output)).catch(() => undefined)
  return `no HTML: ${problem}`
}

/** An outcome that says this too. Its state stays. */
export function withMessage(outcome: NotebookOutcome, text: string | null): NotebookOutcome {
  if (text === null) return outcome
  return { ...outcome, message: outcome.message ? `${outcome.message}; ${text}` : text }
}

function whyMissing(last: Told['last']): string {
  return last
    ? `the program that exports the notebook was ended, or took longer than ${EXPORT_LIMIT} s`
    : 'the program that runs the notebook was ended before it could be exported'
}
