import { type DocumentMessage, Run } from '@prompt-papermill/core'
import { runDocuments, TiledClient } from '@prompt-papermill/core/tiled'

import type { TiledConfig } from '../config/compile-tiled.js'

/** A run as the data server has it: what is known of it, and its documents. */
export interface RunFromTiled {
  readonly run: Run
  readonly messages: readonly DocumentMessage[]
}

/**
 * A run from the data server, whole; null if that does not have it.
 *
 * @throws BlueskyError `connection` if it can't be asked, and what reading the documents throws.
 */
export async function runFromTiled(tiled: TiledConfig, uid: string): Promise<RunFromTiled | null> {
  const client = new TiledClient(tiled)
  const found = await client.run(uid)
  if (!found) return null
  const run = new Run(uid, 'catch-up')
  const messages: DocumentMessage[] = []
  for await (const message of runDocuments(client, found)) {
    run.add(message)
    messages.push(message)
  }
  return { run, messages }
}
