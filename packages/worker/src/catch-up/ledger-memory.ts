import type { RunRouter } from '@prompt-papermill/core'
import type { CatchUpMemory } from '@prompt-papermill/core/tiled'

import type { Ledger } from '../ledger/ledger.js'

/**
 * What catching up asks of the ledger: which runs it has from Run Start to Run Stop, and how far it came with a server.
 */
export function ledgerMemory(
  { catchingUp }: Pick<Ledger, 'catchingUp'>,
  router: Pick<RunRouter, 'forget'>,
  server: string,
): CatchUpMemory {
  return {
    known: (uids) => catchingUp.decided(uids),
    mark: () => catchingUp.mark(server),
    setMark: (mark) => catchingUp.setMark(server, mark),
    // open still, since its stop was lost, or stopped without its start: it comes whole now
    replace: (uid) => void router.forget(uid),
  }
}
