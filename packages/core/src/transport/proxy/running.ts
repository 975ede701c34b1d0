import type { Proxy as NativeProxy } from 'zeromq'

import { BlueskyError } from '../../errors/bluesky-error.js'

/** The proxies that run in this process: each has a thread of libuv's pool, of which there are few. */
const running = new Set<NativeProxy>()

/**
 * Runs a native proxy until it is terminated. A process can't end while one runs, so its exit terminates it.
 *
 * @throws BlueskyError `connection` if no thread would be left for files and names, which would stand still
 *   without a word.
 */
export async function runNative(proxy: NativeProxy): Promise<void> {
  checkThreads()
  if (running.size === 0) process.on('exit', terminateAll)
  running.add(proxy)
  try {
    await proxy.run()
  } finally {
    running.delete(proxy)
    if (running.size === 0) process.off('exit', terminateAll)
  }
}

/** Throws if there is no thread for one more. */
export function checkThreads(): void {
  const threads = Number(process.env.UV_THREADPOOL_SIZE ?? 4)
  if (running.size + 1 < threads) return
  throw new BlueskyError(
    'connection',
    `proxies that run in this process: ${running.size}, each on one of its ${threads} threads for files; set the ` +
      'environment variable UV_THREADPOOL_SIZE higher, or run the proxy in a process of its own',
  )
}

function terminateAll(): void {
  for (const proxy of running) proxy.terminate()
}
