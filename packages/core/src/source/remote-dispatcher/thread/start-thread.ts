import { createRequire } from 'node:module'
import type { Worker } from 'node:worker_threads'

import { BlueskyError } from '../../../errors/bluesky-error.js'
import type { ThreadSettings } from './messages.js'

/**
 * Starts the thread that receives.
 *
 * @throws BlueskyError `connection` if there can't be one, saying what to do.
 */
export async function startThread(settings: ThreadSettings): Promise<Worker> {
  const file = findFile()
  try {
    const threads = await import('node:worker_threads')
    // no flags of the program's own: what it preloads is nothing to this thread
    const options = { name: 'receive-thread', workerData: settings, execArgv: [] }
    return new threads.Worker(file, options)
  } catch (cause) {
    throw new BlueskyError(
      'connection',
      'no thread can be started to receive in; RemoteDispatcher needs node:worker_threads, as Node 20.19 and newer ' +
        'have it, and under --permission also --allow-worker and --allow-addons',
      { cause },
    )
  }
}

/** The error for a thread that ended with an error of its own. */
export function threadFailure(cause: Error): BlueskyError {
  return new BlueskyError(
    'connection',
    `the thread that receives failed: ${cause.message}; if that is since zeromq can't be loaded, ` +
      'run npm rebuild zeromq on this machine',
    { cause },
  )
}

function findFile(): string {
  try {
    // a name in package.json, so that the sources and what is built of them find the same file
    return createRequire(import.meta.url).resolve('#receive-thread')
  } catch (cause) {
    throw new BlueskyError(
      'connection',
      'the file of the thread that receives (#receive-thread of @prompt-papermill/core) is not to be found; if the ' +
        'program is bundled, leave @prompt-papermill/core out of the bundle, as external, and install it beside it; ' +
        'in a checkout, run npm run build',
      { cause },
    )
  }
}
