import { stateFolder } from '../../config/state-folder.js'
import { postJson } from '../../control/control-client.js'
import type { JobRow } from '../../ledger/rows.js'
import { answer, type OperateOptions } from './answer.js'

/** Options of `cancel`. */
export interface CancelOptions extends OperateOptions {
  readonly message?: string
}

/** `prompt-papermill cancel JOB`: a job that has not ended is not to run, or to end. */
export async function cancel(id: string, options: CancelOptions): Promise<number> {
  const state = await stateFolder(options.config)
  const { message } = options
  const path = `/jobs/${encodeURIComponent(id)}/cancel`
  const job = (await postJson(state, path, message === undefined ? {} : { message })) as JobRow
  const text =
    job.state === 'running'
      ? `${job.id} ${job.entry}: told to end; \`prompt-papermill jobs\` shows when it has`
      : `${job.id} ${job.entry}: cancelled (it was ${job.state})`
  return answer(options, job, text)
}
