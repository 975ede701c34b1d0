/**
 * Another worker runs on the same state folder.
 *
 * @example
 * ```ts
 * import { createWorker, loadConfig, WorkerRunningError } from '@prompt-papermill/worker'
 *
 * try {
 *   const worker = await createWorker(await loadConfig('/opt/papermill/worker.yml'))
 *   await worker.stop()
 * } catch (error) {
 *   if (error instanceof WorkerRunningError) console.error(error.message)
 *   else throw error
 * }
 * ```
 */
export class WorkerRunningError extends Error {
  override readonly name = 'WorkerRunningError'

  /** @param message - with the process that has the folder, and what to do. */
  constructor(
    /** The folder that the other one has. */
    readonly state: string,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options)
  }
}
