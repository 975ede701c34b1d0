import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { type DocumentMessage, RunRouter } from '@prompt-papermill/core'
import { type KafkaOptions, KafkaSource } from '@prompt-papermill/core/kafka'
import { execa } from 'execa'
import kafkajs from 'kafkajs'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'

import { hasKafka, KafkaBroker, publishRuns } from '../../support/kafka-broker.js'
import { python, root } from '../../support/python.js'

const program = join(root, 'test/core/source/programs/stop-kafka.mjs')

describe.skipIf(!hasKafka)(
  'documents from Kafka (Java and Maven needed)',
  { timeout: 180_000 },
  () => {
    let folder: string
    let broker: KafkaBroker
    let topics = 0

    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'papermill-kafka-'))
      broker = await KafkaBroker.start(folder)
    }, 120_000)
    afterAll(async () => {
      await broker.kill()
      await rm(folder, { recursive: true, force: true, maxRetries: 5 })
    })

    const newTopic = (): string => `bl${(topics += 1)}.bluesky.runengine.documents`

    function consume(topic: string, options: Partial<KafkaOptions> = {}) {
      const source = new KafkaSource({
        brokers: [broker.address],
        topics: [topic],
        group: 'test',
        from: 'earliest',
        commitEvery: 50,
        ...options,
      })
      onTestFinished(() => source.stop())
      return source
    }

    /** Resolves with the uids once that many runs have stopped, besides those that may come again. */
    async function stopped(
      source: KafkaSource,
      runs: number,
      besides: readonly string[] = [],
    ): Promise<string[]> {
      const uids = new Set<string>()
      await new Promise<void>((resolve) => {
        source.on('stop', ({ run_start: uid }) => {
          if (besides.includes(uid)) return
          uids.add(uid)
          if (uids.size === runs) resolve()
        })
      })
      return [...uids]
    }

    it("reads what bluesky-kafka's Publisher writes, with arrays and large integers", async () => {
      const topic = newTopic()
      const uids = await publishRuns(python, broker.address, topic, 2)
      const source = consume(topic)
      const router = new RunRouter()
      const complete: boolean[] = []
      router.events.on('stopped', (run) => complete.push(run.complete))
      source.subscribe(router)
      const seen: DocumentMessage[] = []
      source.on('document', (message) => seen.push(message))
      const all = stopped(source, 2)
      await source.start()
      expect(await all).toEqual(uids)
      expect(complete).toEqual([true, true])
      const start = seen.find(({ name }) => name === 'start')?.doc as unknown as { limit: bigint }
      expect(start.limit).toBe(2n ** 60n)
      const event = seen.find(({ name }) => name === 'event')?.doc as unknown as {
        data: { spectrum: { data: Float64Array } }
      }
      expect([...event.data.spectrum.data]).toEqual([0, 1, 2, 3, 4, 5])
      expect(source.counts).toMatchObject({ dropped: 0, invalid: 0 })
    })

    it('goes on behind what was committed, and commits nothing that is not received', async () => {
      const topic = newTopic()
      const first = await publishRuns(python, broker.address, topic, 1)
      const never = consume(topic, {
        group: 'held',
        received: () => Promise.reject(new Error('the disk is full')),
      })
      // a broker that has only just begun says other things first
      const refused = new Promise<void>((resolve) =>
        never.on('refused', (_, { message }) => {
          if (message.includes('the disk is full')) resolve()
        }),
      )
      const before = stopped(never, 1)
      await never.start()
      expect(await before).toEqual(first)
      await refused
      await never.stop()

      const again = consume(topic, { group: 'held' })
      const repeated = stopped(again, 1)
      await again.start()
      expect(await repeated).toEqual(first)
      await again.stop()

      const second = await publishRuns(python, broker.address, topic, 1)
      const last = consume(topic, { group: 'held' })
      const starts: string[] = []
      last.on('start', ({ uid }) => starts.push(uid))
      const rest = stopped(last, 1)
      await last.start()
      expect(await rest).toEqual(second)
      expect(starts).toEqual(second)
    })

    it('goes on after the broker was killed and started again', async () => {
      const topic = newTopic()
      const source = consume(topic, { group: 'killed' })
      const connected: boolean[] = []
      source.on('connected', () => connected.push(true))
      const first = stopped(source, 1)
      const uids = await publishRuns(python, broker.address, topic, 1)
      await source.start()
      expect(await first).toEqual(uids)
      // whether the first was committed in time is not said
      const all = stopped(source, 1, uids)
      await broker.kill()
      await broker.restart()
      const later = await publishRuns(python, broker.address, topic, 1)
      expect(await all).toEqual(later)
    })

    it('keeps no program from ending that stops it while its client connects again', async () => {
      const topic = newTopic()
      await broker.createTopic(topic, 1)
      const child = execa('node', [program, broker.address, topic], { cwd: root, reject: false })
      onTestFinished(() => void child.kill('SIGKILL'))
      const said = child.stdout[Symbol.asyncIterator]()
      expect(String((await said.next()).value)).toBe('connected\n')
      await broker.kill()
      expect(String((await said.next()).value)).toBe('stopped\n')
      await broker.restart()
      expect(await child).toMatchObject({ exitCode: 0, stderr: '' })
    })

    it('goes on after an error on which its client gives up', async () => {
      const { CompressionCodecs, CompressionTypes } = kafkajs
      const topic = newTopic()
      const source = consume(topic, { group: 'crashed' })
      const said: string[] = []
      source.on('refused', (_, { message }) => said.push(message))
      const joined = new Promise((resolve) => source.once('connected', resolve))
      await broker.createTopic(topic, 1)
      await source.start()
      await joined
      const snappy = CompressionCodecs[CompressionTypes.Snappy]
      CompressionCodecs[CompressionTypes.Snappy] = () => {
        CompressionCodecs[CompressionTypes.Snappy] = snappy
        throw new Error('no such codec')
      }
      const all = stopped(source, 5)
      const uids = await publishRuns(python, broker.address, topic, 5)
      expect((await all).sort()).toEqual([...uids].sort())
      expect(said.join()).toContain('no such codec')
    })

    it('says that there is no broker, each thing once in a while', async () => {
      const source = consume('nowhere', { brokers: ['127.0.0.1:9'] })
      const said: string[] = []
      const twice = new Promise<void>((resolve) =>
        source.on('refused', (_, { message }) => {
          said.push(message)
          // a line that the client says about each try, and what it says at last
          if (said.length === 2) resolve()
        }),
      )
      await source.start()
      await twice
      expect(said[0]).toMatch(/127\.0\.0\.1:9.*are the brokers running/u)
      expect(new Set(said).size).toBe(2)
      expect(source.connected).toBe(false)
    })
  },
)
