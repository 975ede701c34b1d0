import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { cli, Deployment } from '../support/command-line.ts'
import { allEnded, Effects } from '../support/effects.ts'
import { hasKafka, KafkaBroker, publishRuns } from '../support/kafka-broker.ts'
import { hasOpenssl, type SecureListener, secureListener } from '../support/kafka-secure.ts'
import { blocksOn, placed } from '../support/page-blocks.ts'
import { python } from '../support/python.ts'

const page = 'docs/how-to/kafka.md'
const topic = 'secret.bluesky.runengine.documents'

describe.skipIf(!hasKafka || !hasOpenssl)(
  'a broker with TLS and passwords (Java, Maven and openssl needed)',
  { timeout: 400_000 },
  () => {
    let folder: string
    let listener: SecureListener
    let broker: KafkaBroker

    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'papermill-kafka-secure-'))
      listener = await secureListener(folder)
      broker = await KafkaBroker.start(folder, listener)
      await broker.createTopic(topic, 1)
    }, 120_000)
    afterAll(async () => {
      await broker.kill()
      await rm(folder, { recursive: true, force: true, maxRetries: 5 })
    })

    /** The page's source, at this broker. */
    function shown(): string {
      const block = blocksOn(page, 'yaml').find((each) => each.includes('sasl:')) ?? ''
      return placed(block, {
        'kafka1.example.org:9093, kafka2.example.org:9093': listener.address,
        'bl.bluesky.runengine.documents': topic,
        '/etc/ssl/certs/facility.pem': listener.ca,
      })
    }

    async function checked(source: string, password: string): Promise<string> {
      const deployment = new Deployment(`${source}\nhttp: false`)
      await deployment.written
      const { stdout } = await execa(process.execPath, [cli, 'check', '-c', deployment.config], {
        reject: false,
        env: { KAFKA_PASSWORD: password },
      })
      expect(stdout).not.toContain(password)
      return stdout.split('\n').find((line) => line.includes('source Kafka')) ?? stdout
    }

    it('is read as the page shows, and the password is in no log', async () => {
      const deployment = new Deployment('')
      const effects = await Effects.in(deployment.folder)
      await deployment.written
      deployment.write(`${shown()}\nhttp: false\nkernels: { warm: 0 }\n${effects.config}`)
      const worker = await deployment.start({ KAFKA_PASSWORD: listener.password })
      const uids = await publishRuns(python, broker.address, topic, 3)
      const jobs = await allEnded(deployment, 3)
      expect(jobs.map(({ uid }) => uid).sort()).toEqual([...uids].sort())
      const { stderr } = await worker.end()
      expect(stderr).not.toContain(listener.password)
    })

    it('is checked, with each mechanism', async () => {
      expect(await checked(shown(), listener.password)).toMatch(/^ok .*the brokers have secret/u)
      const plain = shown().replace('scram-sha-512', 'plain')
      expect(await checked(plain, listener.password)).toMatch(/^ok .*the brokers have secret/u)
      expect(await checked(shown(), 'wrong-password')).toMatch(/^FAIL.*credentials right/u)
      const trusting = shown().replace(`{ ca: ${listener.ca} }`, 'true')
      expect(await checked(trusting, listener.password)).toMatch(/^FAIL.*self-signed certificate/u)
    })
  },
)
