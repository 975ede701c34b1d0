import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'

import { getJson } from '../../packages/worker/src/control/control-client.ts'
import type { Health } from '../../packages/worker/src/health/health.ts'
import { BlueskyProxy, freePort } from '../support/bluesky-proxy.ts'
import { command, Deployment, emptyNotebook } from '../support/command-line.ts'
import { allEnded, Effects } from '../support/effects.ts'
import { hasKafka, KafkaBroker, publishRuns } from '../support/kafka-broker.ts'
import { blocksOn, placed } from '../support/page-blocks.ts'
import { python, root } from '../support/python.ts'

const page = 'docs/how-to/kafka.md'
const run = promisify(execFile)

describe.skipIf(!hasKafka)(`"${page}" (Java and Maven needed)`, { timeout: 400_000 }, () => {
  let folder: string
  let broker: KafkaBroker

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'papermill-kafka-page-'))
    broker = await KafkaBroker.start(folder)
  }, 120_000)
  afterAll(async () => {
    await broker.kill()
    await rm(folder, { recursive: true, force: true, maxRetries: 5 })
  })

  it('works as written: config, check, and runs that come from now on', async () => {
    const topic = 'page.bluesky.runengine.documents'
    const deployment = new Deployment('')
    await deployment.written
    const [config = ''] = blocksOn(page, 'yaml')
    const shown = placed(config, {
      'localhost:9092': broker.address,
      'bl.bluesky.runengine.documents': topic,
      '/opt/papermill': deployment.folder,
    })
    const own = `state: ${deployment.state}\npython: ${python}\nhttp: false\nkernels: { warm: 0 }\n`
    await writeFile(deployment.config, `${shown}${own}`)
    await mkdir(join(deployment.folder, 'templates'))
    await writeFile(join(deployment.folder, 'templates', 'count.ipynb'), emptyNotebook)

    const line = async () => {
      const { stdout } = await command(['check', '-c', deployment.config])
      return stdout.split('\n').find((found) => found.includes('source Kafka'))
    }
    expect(await line()).toMatch(/^warn.*the brokers have no topic page/u)
    await broker.createTopic(topic, 1)
    expect(await line()).toMatch(/^ok .*the brokers have page/u)

    const worker = await deployment.start()
    const uids = await publishRuns(python, broker.address, topic, 2)
    const jobs = await allEnded(deployment, 2)
    expect(jobs.map(({ uid, state }) => [uid, state]).sort()).toEqual(
      uids.map((uid) => [uid, 'succeeded']).sort(),
    )
    await worker.end()
  })

  it('has what comes by 0MQ as well analysed once', async () => {
    const topic = 'both.bluesky.runengine.documents'
    await broker.createTopic(topic, 1)
    const [into, out] = [await freePort(), await freePort()]
    const proxy = new BlueskyProxy(`tcp://127.0.0.1:${into}`, `tcp://127.0.0.1:${out}`)
    onTestFinished(() => proxy.stop())
    const beside = blocksOn(page, 'yaml').find((block) => block.startsWith('sources:')) ?? ''
    const deployment = new Deployment('')
    const effects = await Effects.in(deployment.folder)
    await deployment.written
    const shown = placed(beside, {
      'localhost:5578': `127.0.0.1:${out}`,
      'localhost:9092': broker.address,
      'bl.bluesky.runengine.documents': topic,
    })
    deployment.write(`${shown}\nhttp: false\nkernels: { warm: 0 }\n${effects.config}`)
    const worker = await deployment.start()
    const script = join(root, 'test/fixtures/kafka/publish_both.py')
    const { stdout } = await run(python, [script, broker.address, topic, `127.0.0.1:${into}`, '20'])
    const uids = stdout.trim().split('\n').sort()
    await allEnded(deployment, 20)
    // both ways have told of them: each has a start, a descriptor, three events and a stop
    const told = async () => {
      const { sources } = (await getJson(deployment.state, '/healthz')) as Pick<Health, 'sources'>
      return sources.map(({ documents }) => documents)
    }
    await expect.poll(told, { timeout: 60_000 }).toEqual([20 * 6, 20 * 6])
    const jobs = await deployment.jobs()
    expect(jobs.map(({ uid }) => uid).sort()).toEqual(uids)
    expect(effects.list.map(({ uid }) => uid).sort()).toEqual(uids)
    expect(effects.list.every(({ complete }) => complete)).toBe(true)
    await worker.end()
  })
})
