/** How long all threads together may take to end when the process does, in milliseconds. */
const patience = 3000

/** A thread that has to be out of native code before the process ends. */
export interface EndsAtExit {
  /** Asks it to end. */
  askToEnd(): void
  /** Blocks until it has, for at most so many milliseconds. */
  waitForEnd(milliseconds: number): void
}

const running = new Set<EndsAtExit>()

/**
 * Sees to it that a thread has left 0MQ when the process ends, by `process.exit` or by an uncaught error:
 * Node stops threads wherever they are, and one that is in zeromq then takes the whole process down with
 * SIGABRT. While there is no thread there is no listener.
 *
 * @returns what takes the thread off again, once it has ended.
 */
export function endAtExit(thread: EndsAtExit): () => void {
  if (running.size === 0) process.on('exit', endAll)
  running.add(thread)
  return () => {
    if (running.delete(thread) && running.size === 0) process.off('exit', endAll)
  }
}

function endAll(): void {
  for (const thread of running) thread.askToEnd()
  const until = performance.now() + patience
  for (const thread of running) thread.waitForEnd(Math.max(0, until - performance.now()))
}
