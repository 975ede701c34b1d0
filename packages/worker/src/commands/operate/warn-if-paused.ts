import { getJson } from '../../control/control-client.js'

/** Says on stderr if the running worker is paused, so that nobody wonders why nothing begins. */
export async function warnIfPaused(state: string): Promise<void> {
  const { paused } = (await getJson(state, '/health')) as { readonly paused: boolean }
  if (paused) {
    process.stderr.write(
      'the worker is paused: jobs are queued, and begin after `prompt-papermill resume`\n',
    )
  }
}
