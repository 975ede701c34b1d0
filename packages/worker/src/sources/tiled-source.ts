import type { DocumentSource } from '@prompt-papermill/core'
import { TiledCatchUp } from '@prompt-papermill/core/tiled'

import { ledgerMemory } from '../catch-up/ledger-memory.js'
import { logPasses } from '../catch-up/log-passes.js'
import { lookAfterLoss } from '../catch-up/look-after-loss.js'
import type { TiledConfig } from '../config/compile-tiled.js'
import { logSource } from '../log/log-source.js'
import type { SourcesPlace } from './sources-place.js'

/**
 * The runs that the other sources missed, from the data server: at the start, after something was lost, and every so
 * often. Null where the config wants none.
 */
export function catchUpWith(
  { every, ...tiled }: TiledConfig,
  live: readonly DocumentSource[],
  { router, ledger, logger }: SourcesPlace,
): DocumentSource | null {
  if (every === null) return null
  const server = `${tiled.url} ${tiled.path}`
  const source = new TiledCatchUp({ ...tiled, every }, ledgerMemory(ledger, router, server))
  logSource(source, logger)
  logPasses(source, logger)
  source.subscribe(router)
  lookAfterLoss(source, live, router, tiled.settle)
  return source
}
