import { TiledClient } from '@prompt-papermill/core/tiled'

import type { Config } from '../../config/config.js'
import { type CheckResult, fail, ok } from './check-result.js'

/** How long the server may take to answer, in milliseconds. */
const patience = 5000

/** Proves that the data server answers, has the catalog, and lets us read it. */
export async function checkTiled({ tiled }: Config): Promise<CheckResult[]> {
  if (!tiled) return []
  const subject = `tiled ${tiled.url}`
  try {
    const client = new TiledClient({ ...tiled, timeout: Math.min(tiled.timeout, patience) })
    if (await client.hasCatalog()) return [ok(subject, `the catalog ${tiled.path} can be read`)]
    const message = `there is no "${tiled.path}" in its tree; give the path at which its catalog of bluesky's runs is mounted`
    return [fail(subject, message)]
  } catch (error) {
    return [fail(subject, (error as Error).message)]
  }
}
