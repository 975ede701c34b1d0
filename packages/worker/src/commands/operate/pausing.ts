import { stateFolder } from '../../config/state-folder.js'
import { NoWorkerError, postJson } from '../../control/control-client.js'
import { forgetPause, type Pause, readPause } from '../../operations/pausing.js'
import { answer, type OperateOptions } from './answer.js'

/** `prompt-papermill pause`: the running worker begins no further job. */
export async function pause(options: OperateOptions): Promise<number> {
  const state = await stateFolder(options.config)
  const paused = (await postJson(state, '/pause', {})) as Pause
  const text = `paused by ${paused.who} at ${paused.at}: what runs goes on, and no job begins until \`prompt-papermill resume\``
  return answer(options, paused, text)
}

/** `prompt-papermill resume`: the running worker begins jobs again; without one, the next one does. */
export async function resume(options: OperateOptions): Promise<number> {
  const state = await stateFolder(options.config)
  try {
    const { paused } = (await postJson(state, '/resume', {})) as { readonly paused: Pause | null }
    const text = paused
      ? `resumed; it was paused by ${paused.who} at ${paused.at}`
      : 'it was not paused'
    return answer(options, { paused }, text)
  } catch (error) {
    const paused = error instanceof NoWorkerError ? await readPause(state) : null
    if (!paused) throw error
    await forgetPause(state)
    const text = `no worker runs now; the next one begins jobs again (it was paused by ${paused.who} at ${paused.at})`
    return answer(options, { paused }, text)
  }
}
