import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'

/** What a program may take to end when it is told to, in milliseconds. */
const grace = 1_000

/**
 * Ends a program that leads a process group, with all in the group, be the program itself gone already. Takes at
 * most a little longer than a second.
 */
export async function endGroup(child: ChildProcess): Promise<void> {
  const { pid } = child
  if (pid === undefined) return
  if (child.exitCode === null && child.signalCode === null) {
    const exited = once(child, 'exit')
    signalGroup(pid, 'SIGTERM')
    await Promise.race([exited, sleep(grace, undefined, { ref: false })])
  }
  signalGroup(pid, 'SIGKILL')
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal)
  } catch (error) {
    // nobody left in it
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}
