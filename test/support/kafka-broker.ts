import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'

import kafkajs from 'kafkajs'

import { freePort } from './bluesky-proxy.js'
import type { SecureListener } from './kafka-secure.js'
import { root } from './python.js'

const run = promisify(execFile)
const fixtures = join(root, 'test/fixtures/kafka')
const libs = join(fixtures, 'libs')
const has = (program: string): boolean => spawnSync(program, ['-version']).status === 0

/** Whether a broker can be started: it needs Java, and Maven to be fetched once. */
export const hasKafka = has('java') && (existsSync(libs) || has('mvn'))

/** Has Maven fetch the broker, unless it is there. */
async function fetchKafka(): Promise<void> {
  if (existsSync(libs)) return
  const folder = await mkdtemp(join(fixtures, 'libs-'))
  await run('mvn', ['-q', 'dependency:copy-dependencies', `-DoutputDirectory=${folder}`], {
    cwd: fixtures,
  })
  // whoever else did it meanwhile has the same
  await rename(folder, libs).catch(() => rm(folder, { recursive: true }))
}

/** A real Kafka broker of one process (KRaft), kept in a folder. */
export class KafkaBroker {
  readonly #folder: string
  readonly port: number
  readonly #controllerPort: number
  readonly #secure: SecureListener | null
  #process: ChildProcess | undefined

  private constructor(
    folder: string,
    port: number,
    controllerPort: number,
    secure: SecureListener | null,
  ) {
    this.#secure = secure
    this.#folder = folder
    this.port = port
    this.#controllerPort = controllerPort
  }

  /**
   * @param secure - a listener besides, with TLS and passwords.
   */
  static async start(folder: string, secure: SecureListener | null = null): Promise<KafkaBroker> {
    await fetchKafka()
    const broker = new KafkaBroker(folder, await freePort(), await freePort(), secure)
    const config = join(folder, 'server.properties')
    await writeFile(config, broker.#config())
    const id = 'cGFwZXJtaWxsLXRlc3QtMQ'
    await run('java', [
      '-cp',
      `${libs}/*`,
      'kafka.tools.StorageTool',
      'format',
      '-t',
      id,
      '-c',
      config,
      ...(secure?.formatting ?? []),
    ])
    await broker.restart()
    return broker
  }

  get address(): string {
    return `127.0.0.1:${this.port}`
  }

  /** Starts it on its folder and ports, once more; resolves when it serves. */
  async restart(): Promise<void> {
    const args = [
      '-Xmx256m',
      '-cp',
      `${libs}/*`,
      'kafka.Kafka',
      join(this.#folder, 'server.properties'),
    ]
    const child = spawn('java', args, { stdio: ['ignore', 'pipe', 'pipe'] })
    this.#process = child
    let said = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => (said = (said + text).slice(-8000)))
    }
    const deadline = Date.now() + 90_000
    while (!(await accepts(this.port))) {
      if (child.exitCode !== null || Date.now() > deadline) {
        throw new Error(`the Kafka broker did not start: ${said}`)
      }
      await sleep(200)
    }
  }

  /** Makes a topic with that many partitions. */
  async createTopic(topic: string, partitions: number): Promise<void> {
    const { Kafka, logLevel } = kafkajs
    const admin = new Kafka({ brokers: [this.address], logLevel: logLevel.NOTHING }).admin()
    await admin.connect()
    try {
      await admin.createTopics({
        waitForLeaders: true,
        topics: [{ topic, numPartitions: partitions }],
      })
    } finally {
      await admin.disconnect()
    }
  }

  async kill(): Promise<void> {
    const child = this.#process
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    child.kill('SIGKILL')
    await once(child, 'exit')
  }

  #config(): string {
    const secured = this.#secure ? `,SASL_SSL://${this.#secure.address}` : ''
    return [
      'process.roles=broker,controller',
      'node.id=1',
      `controller.quorum.voters=1@127.0.0.1:${this.#controllerPort}`,
      `listeners=PLAINTEXT://127.0.0.1:${this.port},CONTROLLER://127.0.0.1:${this.#controllerPort}${secured}`,
      `advertised.listeners=PLAINTEXT://127.0.0.1:${this.port}${secured}`,
      ...(this.#secure?.config ?? []),
      'controller.listener.names=CONTROLLER',
      'inter.broker.listener.name=PLAINTEXT',
      `log.dirs=${this.#folder}/logs`,
      'offsets.topic.replication.factor=1',
      'offsets.topic.num.partitions=1',
      'transaction.state.log.replication.factor=1',
      'transaction.state.log.min.isr=1',
      'group.initial.rebalance.delay.ms=0',
      'group.min.session.timeout.ms=1000',
      '',
    ].join('\n')
  }
}

/** Whether somebody listens at a port. */
async function accepts(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1')
  try {
    await once(socket, 'connect')
    return true
  } catch {
    return false
  } finally {
    socket.destroy()
  }
}

/**
 * bluesky-kafka's own publisher sends runs of a RunEngine; resolves with their uids.
 *
 * @param keyed - each run with its uid as the key, so that runs go to several partitions.
 */
export async function publishRuns(
  python: string,
  broker: string,
  topic: string,
  runs: number,
  keyed = false,
): Promise<string[]> {
  const script = join(fixtures, 'publish_runs.py')
  const args = [script, broker, topic, String(runs), ...(keyed ? ['keyed'] : [])]
  const { stdout } = await run(python, args)
  return stdout.trim().split('\n')
}
