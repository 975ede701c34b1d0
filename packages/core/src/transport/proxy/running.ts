import type { Proxy as NativeProxy } from 'zeromq'

import { BlueskyError } from '../../errors/bluesky-error.js'

/** The proxies that run in this process: each has a thread of libuv's pool, of which there are few. */
const running = new Set<NativeProxy>()

/**
 * Those that run or are still closing. zeromq 6.8 crashes the process when one is collected as garbage while
 * it runs, and tells no end of a socket that was collected before it.
 */
const held = new Set<NativeProxy>()

/**
 * Runs a native proxy until it is terminated and both its sockets have given their addresses back. A process
 * can't end while one runs, so its exit terminates it.
 */
export async function runNative(proxy: NativeProxy): Promise<void> {
  // a socket that is closed has its address for a moment longer: until its events end
  const freed = [proxy.frontEnd, proxy.backEnd].map(
    ({ events }) => new Promise<void>((resolve) => events.on('end', () => resolve())),
  )
  if (running.size === 0) process.on('exit', terminateAll)
  running.add(proxy)
  held.add(proxy)
  try {
    await proxy.run()
  } finally {
    running.delete(proxy)
    if (running.size === 0) process.off('exit', terminateAll)
    await Promise.all(freed)
    held.delete(proxy)
  }
}

/**
 * Checks that there is a thread for one more.
 *
 * @throws BlueskyError `connection` if none would be left for files and names, which would stand still
 *   without a word.
 */
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
