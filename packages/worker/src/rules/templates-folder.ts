import { readdir } from 'node:fs/promises'

import type { WorkerLogger } from '../log/logger.js'

/**
 * Says in the log if the folder of templates can't be read: no notebook is found until it can. The worker goes
 * on, since the folder may come later, as one on a network does.
 */
export async function warnOfMissingTemplates(folder: string, logger: WorkerLogger): Promise<void> {
  try {
    await readdir(folder)
  } catch (error) {
    logger.error(
      { templates: folder },
      `the templates can't be read (${(error as Error).message}), so that no notebook is found; make the folder, or change \`templates\``,
    )
  }
}
