import { join } from 'node:path'

import type { Config } from '../config/config.js'

/** Where the documents of runs are kept: where all that perform jobs find them. */
export function documentsFolder({ queue, state }: Pick<Config, 'queue' | 'state'>): string {
  return queue.kind === 'bullmq' ? queue.documents : join(state, 'documents')
}
