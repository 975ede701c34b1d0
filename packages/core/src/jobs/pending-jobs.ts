import { Backlog } from './backlog.js'
import type { JobStatus } from './job.js'
import type { ReadyCheck } from './job-queue.js'
import { WaitingRoom, type WaitingRoomOwner } from './waiting-room.js'

/** The jobs that have not begun: in line, held back until their next attempt, or waiting for their data. */
export class PendingJobs {
  readonly #backlog = new Backlog()
  readonly #held = new Map<string, ReturnType<typeof setTimeout>>()
  #room: WaitingRoom | undefined
  /** Those that wait for their data, until it is looked for. */
  #beforeRoom = new Map<string, JobStatus>()

  get size(): number {
    return this.queued + this.waiting
  }

  /** In line, or held back. */
  get queued(): number {
    return this.#backlog.size + this.#held.size
  }

  /** Waiting for their data. */
  get waiting(): number {
    return this.#beforeRoom.size + (this.#room?.size ?? 0)
  }

  /** Begins to look for the data of those that wait. */
  openRoom(ready: ReadyCheck, owner: WaitingRoomOwner): void {
    this.#room = new WaitingRoom(ready, owner)
    for (const status of this.#beforeRoom.values()) this.#room.enter(status)
    this.#beforeRoom = new Map()
  }

  /** Takes in a job that is queued or waits; any other is left out. */
  add(status: JobStatus): void {
    const { job, state, priority } = status
    if (state.state === 'queued') this.#backlog.add({ id: job.id, rule: job.rule, priority })
    else if (state.state !== 'waiting') return
    else if (this.#room) this.#room.enter(status)
    else this.#beforeRoom.set(job.id, status)
  }

  /** As {@link PendingJobs.add}, after so many milliseconds; `added` is told then. */
  addLater(status: JobStatus, delay: number, added: () => void): void {
    const { id } = status.job
    const timer = setTimeout(() => {
      this.#held.delete(id)
      this.add(status)
      added()
    }, delay)
    this.#held.set(id, timer)
  }

  /** Takes out whose turn it is, among the rules that have room. */
  take(hasRoom: (rule: string) => boolean): string | undefined {
    return this.#backlog.take(hasRoom)
  }

  delete(id: string): void {
    this.#backlog.delete(id)
    this.#room?.leave(id)
    this.#beforeRoom.delete(id)
    clearTimeout(this.#held.get(id))
    this.#held.delete(id)
  }

  /** Stops every clock; the jobs stay where they are. */
  stop(): void {
    for (const timer of this.#held.values()) clearTimeout(timer)
    this.#room?.close()
  }
}
