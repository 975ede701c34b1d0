import type { Worker } from 'node:worker_threads'

import { BlueskyError } from '../../../errors/bluesky-error.js'
import type { Batch } from './batch.js'
import { BatchQueue } from './batch-queue.js'
import { endAtExit } from './end-at-exit.js'
import { Flow } from './flow.js'
import { causeOf, type News, type PlainError, type ThreadSettings, type Word } from './messages.js'
import { startThread, threadFailure } from './start-thread.js'

/** How long a thread may take to end, in milliseconds. */
const patience = 10_000

/** What comes from the thread. */
export interface ThreadListener {
  /** A frame. It must not throw. */
  frame(frame: Uint8Array): void
  connected(address: string): void
  disconnected(address: string): void
  refused(address: string, reason: BlueskyError): void
  /** The program was busy for so long that so many frames were thrown away. */
  lost(frames: number): void
  /** It has ended by itself, since 0MQ failed. */
  failed(reason: BlueskyError): void
}

/** The program's end of a thread that receives. */
export class ThreadLink {
  readonly #flow: Flow
  readonly #worker: Worker
  readonly #listener: ThreadListener
  readonly #queue: BatchQueue
  readonly #exited: Promise<void>
  #opened: ((error?: BlueskyError) => void) | undefined
  #ending = false

  private constructor(flow: Flow, worker: Worker, listener: ThreadListener) {
    this.#flow = flow
    this.#worker = worker
    this.#listener = listener
    this.#queue = new BatchQueue(
      (frame) => listener.frame(frame),
      () => {
        if (flow.finish()) this.#tell('wake')
      },
    )
    const release = endAtExit({
      askToEnd: () => this.#tell('end'),
      waitForEnd: (milliseconds) => flow.waitForEnd(milliseconds),
    })
    this.#exited = new Promise((resolve) => {
      worker.once('exit', () => {
        release()
        resolve()
        this.#fail(new BlueskyError('connection', 'the thread that receives has ended by itself'))
      })
    })
    worker.on('message', (message: Batch | News) => {
      if ('what' in message) this.#hear(message)
      else this.#queue.push(message)
    })
    worker.once('error', (cause) => this.#fail(threadFailure(cause)))
  }

  /**
   * Starts a thread; resolves when it has opened its sockets.
   *
   * @throws BlueskyError `connection` if there can't be one, or 0MQ refuses an address.
   */
  static async open(
    settings: Omit<ThreadSettings, 'memory'>,
    listener: ThreadListener,
  ): Promise<ThreadLink> {
    const flow = new Flow()
    const worker = await startThread({ ...settings, memory: flow.memory })
    const link = new ThreadLink(flow, worker, listener)
    await new Promise<void>((resolve, reject) => {
      link.#opened = (error) => (error ? reject(error) : resolve())
    }).catch(async (error: unknown) => {
      await link.end()
      throw error
    })
    return link
  }

  /**
   * Ends the thread; nothing is told of it any more. Resolves when it has ended.
   *
   * @throws BlueskyError `connection` if it doesn't end.
   */
  async end(): Promise<void> {
    if (!this.#ending) {
      this.#ending = true
      this.#queue.close()
      this.#tell('end')
    }
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        this.#worker.unref()
        reject(
          new BlueskyError(
            'connection',
            `the thread that receives doesn't end within ${patience / 1000} s`,
          ),
        )
      }, patience)
    })
    try {
      await Promise.race([this.#exited, late])
    } finally {
      clearTimeout(timer)
    }
  }

  #tell(word: Word): void {
    this.#worker.postMessage(word)
  }

  #hear(news: News): void {
    if (news.what === 'opened') this.#settle()
    else if (news.what === 'failed') this.#fail(reasonOf(news.error))
    else if (this.#ending) return
    else if (news.what === 'lost') this.#listener.lost(news.frames)
    else if (news.what === 'refused') this.#listener.refused(news.address, reasonOf(news.error))
    else this.#listener[news.what](news.address)
  }

  #settle(error?: BlueskyError): void {
    const opened = this.#opened
    this.#opened = undefined
    opened?.(error)
  }

  /** The thread has failed, and ends by itself. */
  #fail(error: BlueskyError): void {
    if (this.#ending) return
    this.#ending = true
    this.#queue.close()
    if (this.#opened) this.#settle(error)
    else this.#listener.failed(error)
  }
}

function reasonOf({ message, cause }: PlainError): BlueskyError {
  return new BlueskyError('connection', message, cause && { cause: causeOf(cause) })
}
