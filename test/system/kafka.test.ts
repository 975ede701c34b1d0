import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { Deployment } from '../support/command-line.ts'
import { allEnded, Effects } from '../support/effects.ts'
import { hasKafka, KafkaBroker, publishRuns } from '../support/kafka-broker.ts'
import { python } from '../support/python.ts'

describe.skipIf(!hasKafka)(
  'a worker that reads from Kafka (Java and Maven needed)',
  { timeout: 400_000 },
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

    async function newTopic(partitions = 1): Promise<string> {
      const topic = `bl${(topics += 1)}.bluesky.runengine.documents`
      await broker.createTopic(topic, partitions)
      return topic
    }

    async function deployed(topic: string, more = '') {
      const deployment = new Deployment('')
      const effects = await Effects.in(deployment.folder)
      await deployment.written
      deployment.write(`
source: { kind: kafka, brokers: ["${broker.address}"], topics: [${topic}], from: earliest, session: 2s }
http: false
kernels: { warm: 0 }
${effects.config}
${more}
`)
      return { deployment, effects }
    }

    it('analyses 200 runs, each once, though broker and worker are killed twice each', async () => {
      const topic = await newTopic()
      const { deployment, effects } = await deployed(topic)
      let worker = await deployment.start()
      const published = publishRuns(python, broker.address, topic, 200)
      for (const enough of [20, 70]) {
        await deployment.jobsWhen((jobs) => jobs.length >= enough)
        await worker.end('SIGKILL')
        worker = await deployment.start()
        await deployment.jobsWhen((jobs) => jobs.length >= enough + 20)
        await broker.kill()
        await broker.restart()
      }
      const uids = await published
      const jobs = await allEnded(deployment, 200, 180)
      expect(jobs.map(({ uid }) => uid).sort()).toEqual([...uids].sort())
      expect(new Set(jobs.map(({ state }) => state))).toEqual(new Set(['succeeded']))
      const analysed = effects.list.filter(({ complete }) => complete).map(({ uid }) => uid)
      expect([...new Set(analysed)].sort()).toEqual([...uids].sort())
      // one that was killed between its file and its end is attempted again, as any job is
      expect(effects.list.length).toBeLessThan(200 + 2 * 2 + 1)
      expect(jobs.filter(({ attempt }) => attempt > 1).length).toBeLessThan(5)
      await worker.end()
    })

    it('shares the runs with another worker of its group, and takes over what that had open', async () => {
      const topic = await newTopic(4)
      const both = [await deployed(topic), await deployed(topic)] as const
      const [one, other] = [await both[0].deployment.start(), await both[1].deployment.start()]
      const first = await publishRuns(python, broker.address, topic, 40, true)
      const analysed = () => both.flatMap(({ effects }) => effects.list.map(({ uid }) => uid))
      await expect.poll(() => new Set(analysed()).size, { timeout: 120_000 }).toBe(40)
      expect(both.every(({ effects }) => effects.list.length > 0)).toBe(true)
      expect(analysed().sort()).toEqual([...first].sort())

      await one.end('SIGKILL')
      const second = await publishRuns(python, broker.address, topic, 20, true)
      const all = [...first, ...second].sort()
      await expect.poll(() => new Set(analysed()).size, { timeout: 120_000 }).toBe(60)
      expect([...new Set(analysed())].sort()).toEqual(all)
      await other.end()
    })
  },
)
