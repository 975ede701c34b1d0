import type { DocumentMessage } from '../documents/messages.js'
import type { DocumentSource } from '../source/document-source.js'
import { makeRunDocuments } from './make-run-documents.js'
import type { TestFunctions } from './test-functions.js'

/** A source that will deliver given documents. */
export interface SourceUnderTest {
  /** Not started yet. */
  readonly source: DocumentSource
  /** Has the documents sent, after the source has started; nothing to do for a source that has them. */
  play(): Promise<void>
  /** Frees what the test needed besides the source. */
  close?(): Promise<void>
}

/** Makes a source that delivers these documents once it is started and they are played. */
export type OpenSource = (messages: readonly DocumentMessage[]) => Promise<SourceUnderTest>

type Use = (under: SourceUnderTest) => Promise<void>
interface Suite extends TestFunctions {
  readonly messages: readonly DocumentMessage[]
  readonly using: (use: Use) => Promise<void>
}

/**
 * The contract of a {@link DocumentSource} as a suite: it delivers each document once and in order to whoever wants
 * it, goes on when one of these throws, and ends when it is stopped.
 *
 * @param test - the test framework's functions
 * @param name - what the suite calls the source
 * @param open - makes a source that will deliver the documents given.
 * @example
 * ```ts
 * import { describeSource, FakeSource } from '@prompt-papermill/core/testing'
 * import { describe, expect, it } from 'vitest'
 *
 * describeSource({ describe, expect, it }, 'FakeSource', async (messages) => {
 *   const source = new FakeSource()
 *   return { source, play: async () => source.send(...messages) }
 * })
 * ```
 */
export function describeSource(test: TestFunctions, name: string, open: OpenSource): void {
  const { messages } = makeRunDocuments({ events: { primary: 4, baseline: 2 } })
  const using = async (use: Use): Promise<void> => {
    const under = await open(messages)
    try {
      await use(under)
    } finally {
      await under.source.stop()
      await under.close?.()
    }
  }
  test.describe(`the source ${name} keeps the contract of sources`, () => {
    describeDelivery({ ...test, messages, using })
    describeFailures({ ...test, messages, using })
    describeEnding({ ...test, messages, using })
  })
}

function describeDelivery({ expect, it, messages, using }: Suite): void {
  it('delivers each document once, in order, to whoever wants it', () =>
    using(async (under) => {
      const { source } = under
      const heard: Record<string, unknown[]> = { listener: [], function: [], object: [] }
      const starts: unknown[] = []
      source.on('document', (message) => heard.listener?.push(message))
      source.on('start', (doc) => starts.push(doc))
      source.subscribe((name, doc) => heard.function?.push({ name, doc }))
      source.subscribe({ dispatch: (message) => heard.object?.push(message) })
      const read = take(source, messages.length)
      await play(under, messages.length)
      heard.loop = await read
      for (const documents of Object.values(heard)) expect(documents).toEqual(messages)
      expect(starts).toEqual([messages[0]?.doc])
      expect(source.counts.documents).toBe(messages.length)
    }))

  it('sends nothing to a subscriber that has left', () =>
    using(async (under) => {
      const heard: unknown[] = []
      const leave = under.source.subscribe((name) => {
        heard.push(name)
        leave()
      })
      await play(under, messages.length)
      expect(heard).toEqual(['start'])
    }))

  it('is one stream however often it is started', () =>
    using(async (under) => {
      const received = whenReceived(under.source, messages.length)
      await Promise.all([under.source.start(), under.source.start()])
      await under.source.start()
      await under.play()
      await received
      await turn()
      expect(under.source.counts.documents).toBe(messages.length)
    }))

  it('says where its documents come from', () =>
    using(async ({ source }) => {
      await turn()
      expect(typeof source.description === 'string' && source.description !== '').toBe(true)
    }))
}

function describeFailures({ expect, it, messages, using }: Suite): void {
  it('goes on when a subscriber or a listener throws, for the others too', () =>
    using(async (under) => {
      const { source } = under
      const errors: unknown[] = []
      const heard: unknown[] = []
      const fail = (): never => {
        throw new Error('a mistake of the test')
      }
      source.on('subscriber-error', (_, message) => errors.push(message))
      source.subscribe(fail)
      source.on('start', fail)
      source.on('document', fail)
      source.subscribe((name, doc) => heard.push({ name, doc }))
      source.on('document', (message) => heard.push(message))
      const read = take(source, messages.length)
      await play(under, messages.length)
      expect(await read).toEqual(messages)
      expect(heard.length).toBe(2 * messages.length)
      expect(errors.length).toBe(2 * messages.length + 1)
      expect(errors[0]).toEqual(messages[0])
    }))
}

function describeEnding({ expect, it, messages, using }: Suite): void {
  it('ends the loop of its readers when it is stopped, and says so once', () =>
    using(async (under) => {
      let ends = 0
      under.source.on('end', () => (ends += 1))
      const read = take(under.source, Infinity)
      await play(under, messages.length)
      await under.source.stop()
      await under.source.stop()
      expect(await read).toEqual(messages)
      expect(await take(under.source, Infinity)).toEqual([])
      expect(ends).toBe(1)
    }))

  it('can be stopped by its own reader', () =>
    using(async (under) => {
      const read: unknown[] = []
      const reading = (async () => {
        for await (const message of under.source) {
          read.push(message)
          await under.source.stop()
        }
      })()
      await play(under, 1)
      await reading
      expect(read[0]).toEqual(messages[0])
    }))

  it('ends the loop of its readers also when it was never started', () =>
    using(async ({ source }) => {
      const read = take(source, Infinity)
      await source.stop()
      expect(await read).toEqual([])
    }))

  it('delivers nothing after it was stopped', () =>
    using(async (under) => {
      await under.source.start()
      await under.source.stop()
      const { documents } = under.source.counts
      // sending may fail by now, or wait for a receiver that has gone
      const playing = Promise.resolve().then(() => under.play())
      await Promise.race([playing.catch(() => undefined), turn()])
      await turn()
      expect(under.source.counts.documents).toBe(documents)
    }))

  it('stops at the end of a block that holds it with `await using`', () =>
    using(async ({ source }) => {
      let ended = false
      source.on('end', () => (ended = true))
      await source.start()
      await source[Symbol.asyncDispose]()
      expect(ended).toBe(true)
    }))
}

/** Starts a source and resolves when so many documents have come. */
async function play(under: SourceUnderTest, count: number): Promise<void> {
  const received = whenReceived(under.source, count)
  await under.source.start()
  await under.play()
  await received
}

function whenReceived(source: DocumentSource, count: number): Promise<void> {
  return new Promise((resolve) => {
    const look = (): void => {
      if (source.counts.documents < count) return
      source.off('document', look)
      resolve()
    }
    source.on('document', look)
  })
}

/** The next so many documents, or as many as come before the source ends. */
async function take(source: DocumentSource, count: number): Promise<DocumentMessage[]> {
  const messages: DocumentMessage[] = []
  for await (const message of source) if (messages.push(message) === count) break
  return messages
}

/** Lets everything happen that is on its way within this process. */
async function turn(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 20))
}
