import type { DocumentMessage } from '@prompt-papermill/core'
import { makeRunDocuments } from '@prompt-papermill/core/testing'
import { context, XPublisher } from 'zeromq'

import { frameOf } from '../support/frames.ts'

/** A run that is to be analysed. */
export interface PublishedRun {
  readonly uid: string
  /** Its plan, and what is made for it. */
  readonly kind: 'quick' | 'notebook'
  readonly messages: readonly DocumentMessage[]
}

/** Publishes runs as a beamline does, whether or not somebody listens. */
export class Beamline {
  readonly runs: PublishedRun[] = []
  readonly #socket: XPublisher
  readonly #waiting = new Set<() => void>()
  #listeners = 0

  private constructor(socket: XPublisher) {
    this.#socket = socket
    void this.#countListeners()
  }

  static async open(): Promise<Beamline> {
    context.blocky = false
    const socket = new XPublisher({ linger: 0, sendHighWaterMark: 0, verbosity: 'allSubsUnsubs' })
    await socket.bind('tcp://127.0.0.1:*')
    return new Beamline(socket)
  }

  /** `host:port`. */
  get address(): string {
    return (this.#socket.lastEndpoint as string).replace('tcp://', '')
  }

  /** Resolves while so many workers listen. */
  async heardBy(count: number): Promise<void> {
    while (this.#listeners !== count) {
      await new Promise<void>((resolve) => this.#waiting.add(resolve))
    }
  }

  /** Measures so many new runs; each fourth is for a notebook. */
  async measure(count: number, pause: () => Promise<void>): Promise<void> {
    for (let i = 0; i < count; i += 1) {
      const kind = this.runs.length % 4 === 0 ? 'notebook' : 'quick'
      const scan_id = this.runs.length + 1
      const { uid, messages } = makeRunDocuments({ plan_name: kind, scan_id })
      const run: PublishedRun = { uid, kind, messages }
      this.runs.push(run)
      await this.publish(run, pause)
    }
  }

  /** Publishes a run's documents, perhaps once more. */
  async publish({ messages }: PublishedRun, pause: () => Promise<void>): Promise<void> {
    for (const message of messages) {
      await this.#socket.send(frameOf(message))
      await pause()
    }
  }

  close(): void {
    this.#socket.close()
  }

  async #countListeners(): Promise<void> {
    // each message is 1 and a topic, a subscription; or 0 and a topic, its end
    for await (const [message] of this.#socket) {
      this.#listeners += (message as Buffer)[0] === 1 ? 1 : -1
      for (const resolve of this.#waiting) resolve()
      this.#waiting.clear()
    }
  }
}
