import type { TiledCatchUp } from '@prompt-papermill/core/tiled'

import type { WorkerLogger } from '../log/logger.js'

/** How many uids a line of the log has. */
const shown = 20

/** Says in the log which runs were missed. */
export function logPasses(source: TiledCatchUp, logger: WorkerLogger): void {
  const log = logger.child({ source: source.description })
  source.passes.on('pass', ({ found, delivered, waiting, givenUp }) => {
    log.debug({ found, waiting, delivered: delivered.length }, 'looked for runs that were missed')
    if (delivered.length > 0) {
      const uids = delivered.slice(0, shown)
      log.info({ uids }, `${runs(delivered.length)} had been missed and came from the data server`)
    }
    if (givenUp.length > 0) {
      const uids = givenUp.slice(0, shown)
      log.error(
        { uids },
        `${runs(givenUp.length)} came from the data server several times and could not be decided; what the log says of them tells why, and \`prompt-papermill rerun UID\` tries again`,
      )
    }
  })
}

function runs(count: number): string {
  return count === 1 ? 'a run' : `${count} runs`
}
