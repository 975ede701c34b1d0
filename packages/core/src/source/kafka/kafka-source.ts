import { setImmediate } from 'node:timers/promises'

import type { Consumer, EachBatchPayload } from 'kafkajs'

import type { FrameOutcome } from '../../decode/frame-reader.js'
import { BlueskyError } from '../../errors/bluesky-error.js'
import { DocumentSource } from '../document-source.js'
import { makeConsumer } from './client.js'
import { Offsets } from './offsets.js'
import { type KafkaOptions, type KafkaOptionsWithDefaults, withKafkaDefaults } from './options.js'
import { messageReader } from './read-message.js'
import { SaidLately } from './said-lately.js'
import { Sockets } from './sockets.js'

/** How long one turn may take before timers and other work get theirs, in milliseconds. */
const turn = 10
/** How long after a failure the next try is, in milliseconds. */
const pause = 2000

/**
 * Documents from Kafka, as `bluesky_kafka.Publisher` writes them. Mirrors `bluesky_kafka.RemoteDispatcher`.
 *
 * At least once: an offset is committed after `received` says that what came is safe, and never past the Run Start of a
 * run that is open. After a crash, and when partitions move to another consumer of the group, documents come again;
 * who routes them knows them by their uids.
 *
 * It connects by itself, again and again; `refused` says why it can't.
 *
 * @example
 * ```ts keeps-running
 * import { RunRouter } from '@prompt-papermill/core'
 * import { KafkaSource } from '@prompt-papermill/core/kafka'
 *
 * const router = new RunRouter()
 * const source = new KafkaSource({
 *   brokers: ['localhost:9092'],
 *   topics: ['bl.bluesky.runengine.documents'],
 *   group: 'prompt-papermill',
 *   from: 'earliest',
 *   received: () => router.decided(),
 * })
 * router.events.on('decided', ({ run }) => console.log(run.start.plan_name, run.complete)) // count true
 * source.subscribe(router)
 * await source.start()
 * process.once('SIGTERM', () => void source.stop())
 * ```
 */
export class KafkaSource extends DocumentSource {
  readonly #options: KafkaOptionsWithDefaults
  readonly #read: (value: Uint8Array | null) => FrameOutcome
  readonly #offsets: Offsets
  #consumer: Consumer | undefined
  readonly #said = new SaidLately()
  #sockets = new Sockets()
  #connected = false
  #running = false
  #wake: (() => void) | undefined
  #committing: Promise<void> = Promise.resolve()
  #lastCommit = 0
  #nextCommit: ReturnType<typeof setTimeout> | undefined

  /** @throws BlueskyError `bad-option`. */
  constructor(options: KafkaOptions) {
    super(200_000)
    this.#options = withKafkaDefaults(options)
    this.#read = messageReader(this.#options)
    this.#offsets = new Offsets(this.#options.holdOpenRuns)
  }

  get description(): string {
    return `Kafka ${this.#options.topics.join(', ')} at ${this.#options.brokers.join(', ')}`
  }

  /** Whether it is a member of its group now. */
  override get connected(): boolean {
    return this.#connected
  }

  /**
   * Begins to consume; the connection is made in the background.
   *
   * @throws BlueskyError `missing-library` if kafkajs is not installed.
   */
  override async start(): Promise<void> {
    if (this.#running) return
    this.#running = true
    this.#sockets = new Sockets()
    this.begun()
    try {
      this.#consumer = await this.#newConsumer(this.#sockets)
    } catch (error) {
      this.#running = false
      throw error
    }
    this.#consume(this.#sockets).catch((error: unknown) => this.#tell(error))
  }

  override async stop(): Promise<void> {
    this.#running = false
    this.#wake?.()
    clearTimeout(this.#nextCommit)
    // no message is delivered any more; what was delivered is committed as far as it is safe
    await this.#commit().catch((error: unknown) => this.#tell(error))
    await this.#consumer?.disconnect().catch((error: unknown) => this.#tell(error))
    // what kafkajs is still at, it can't go on with: nobody waits for its last tries
    this.#sockets.close()
    this.#connected = false
    this.ended()
  }

  async #newConsumer(sockets: Sockets): Promise<Consumer> {
    const isWanted = (): boolean => this.#isAt(sockets)
    const consumer = await makeConsumer(this.#options, {
      sockets,
      isWanted,
      warn: (message) => {
        if (isWanted()) this.#tell(message)
      },
    })
    consumer.on(consumer.events.GROUP_JOIN, () => {
      if (!isWanted()) return
      // what another member may have committed by now counts, and what was held comes again
      this.#offsets.clear()
      this.#connected = true
      this.emit('connected', this.description)
    })
    for (const event of [consumer.events.DISCONNECT, consumer.events.CRASH] as const) {
      consumer.on(event, () => this.#lost())
    }
    return consumer
  }

  /** Asked after a wait: it may have been stopped meanwhile, and even started again. */
  #isAt(sockets: Sockets): boolean {
    return this.#running && sockets === this.#sockets
  }

  #lost(): void {
    if (!this.#connected) return
    this.#connected = false
    this.emit('disconnected', this.description)
  }

  /** kafkajs gives up before it is connected for the first time, and after some errors; this doesn't. */
  async #consume(sockets: Sockets): Promise<void> {
    while (this.#isAt(sockets)) {
      const consumer = this.#consumer as Consumer
      const over = this.#untilOver(consumer)
      try {
        await consumer.connect()
        await consumer.subscribe({
          topics: [...this.#options.topics],
          fromBeginning: this.#options.from === 'earliest',
        })
        await consumer.run({
          autoCommit: false,
          eachBatchAutoResolve: false,
          eachBatch: (payload) => this.#takeIn(payload),
        })
        // from here kafkajs goes on by itself, mostly
        await over
      } catch (error) {
        if (this.#isAt(sockets)) this.#tell(error)
        await consumer.disconnect().catch(() => undefined)
        if (this.#isAt(sockets)) await this.#rest()
        if (this.#isAt(sockets)) this.#consumer = await this.#newConsumer(sockets)
      }
    }
  }

  /** Resolves when the source is stopped; rejects when kafkajs gives up, as on a codec that it has not. */
  #untilOver(consumer: Consumer): Promise<void> {
    const over = new Promise<void>((resolve, reject) => {
      this.#wake = resolve
      consumer.on(consumer.events.CRASH, ({ payload }) => {
        if (!payload.restart) reject(payload.error)
      })
    })
    // told once it is waited for
    over.catch(() => undefined)
    return over
  }

  async #rest(): Promise<void> {
    let timer: ReturnType<typeof setTimeout> | undefined
    await new Promise<void>((resolve) => {
      this.#wake = resolve
      timer = setTimeout(resolve, pause)
      if (!this.#running) resolve()
    })
    clearTimeout(timer)
  }

  async #takeIn(payload: EachBatchPayload): Promise<void> {
    const { batch } = payload
    let began = performance.now()
    for (const { offset, value } of batch.messages) {
      if (!this.#running || !payload.isRunning() || payload.isStale()) return
      const outcome = this.#read(value)
      this.deliver(outcome)
      this.#offsets.passed(
        batch.topic,
        batch.partition,
        offset,
        outcome.kind === 'document' ? outcome.message : null,
      )
      payload.resolveOffset(offset)
      if (performance.now() - began > turn) {
        await this.keptUp(1000)
        await setImmediate()
        await payload.heartbeat()
        began = performance.now()
      }
    }
    await payload.heartbeat()
    if (performance.now() - this.#lastCommit >= this.#options.commitEvery) {
      // what can't be committed now is so with a later one; the documents go on
      await this.#commit().catch((error: unknown) => this.#tell(error))
    } else {
      this.#commitLater()
    }
  }

  #commitLater(): void {
    this.#nextCommit ??= setTimeout(() => {
      this.#nextCommit = undefined
      if (this.#running) this.#commit().catch((error: unknown) => this.#tell(error))
    }, this.#options.commitEvery)
  }

  /** One after the other, so that an older commit never follows a newer one. */
  #commit(): Promise<void> {
    const committing = this.#committing.then(async () => {
      const offsets = this.#offsets.committable()
      if (offsets.length === 0 || !this.#connected) return
      try {
        await this.#options.received()
      } catch (cause) {
        throw new BlueskyError(
          'connection',
          `${this.description}: nothing is committed, since what came could not be kept: ${String(cause)}`,
          { cause },
        )
      }
      this.#lastCommit = performance.now()
      await this.#consumer?.commitOffsets(offsets)
    })
    this.#committing = committing.catch(() => undefined)
    return committing
  }

  #tell(error: unknown): void {
    const message = error instanceof Error ? error.message : String(error)
    if (!this.#said.isNew(message)) return
    const reason =
      error instanceof BlueskyError
        ? error
        : new BlueskyError(
            'connection',
            `${this.description}: ${message}; are the brokers running, the topic there, and the credentials right?`,
            error instanceof Error ? { cause: error } : {},
          )
    this.emit('refused', this.#options.brokers.join(', '), reason)
  }
}
