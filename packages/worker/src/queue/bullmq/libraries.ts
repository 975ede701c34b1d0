import type * as BullmqModule from 'bullmq'
import type { Redis } from 'ioredis'

/** The libraries of the queue on Redis, which only it needs. */
export interface Libraries {
  readonly bullmq: typeof BullmqModule
  readonly Redis: typeof Redis
}

/**
 * Loads the libraries of the queue on Redis, which are optional.
 *
 * @throws Error with what to install where one is missing.
 */
export async function loadLibraries(
  load: (name: 'bullmq' | 'ioredis') => Promise<unknown> = loadByName,
): Promise<Libraries> {
  try {
    const [bullmq, ioredis] = await Promise.all([load('bullmq'), load('ioredis')])
    return {
      bullmq: bullmq as typeof BullmqModule,
      Redis: (ioredis as { readonly Redis: typeof Redis }).Redis,
    }
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw cause
    const message =
      'queue.kind: bullmq needs the packages bullmq and ioredis, which are optional: run `npm install bullmq ioredis` where @prompt-papermill/worker is installed'
    throw new Error(message, { cause })
  }
}

/** By literal names, so that bundlers and readers see them. */
function loadByName(name: 'bullmq' | 'ioredis'): Promise<unknown> {
  return name === 'bullmq' ? import('bullmq') : import('ioredis')
}
