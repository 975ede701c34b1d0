import type * as KafkaJs from 'kafkajs'
import type { Consumer, ConsumerConfig, KafkaConfig, SASLOptions } from 'kafkajs'

import { BlueskyError } from '../../errors/bluesky-error.js'
import type { KafkaOptionsWithDefaults } from './options.js'
import type { Sockets } from './sockets.js'

/** How long to wait before the next try, at least and at most, in milliseconds. */
const retry = { initialRetryTime: 300, maxRetryTime: 5000, factor: 0.2, multiplier: 2, retries: 5 }

/** Which brokers are asked, and as whom. */
export type KafkaAccess = Pick<KafkaOptionsWithDefaults, 'brokers' | 'tls' | 'sasl'>

/**
 * kafkajs, set up; nothing is connected yet.
 *
 * @throws BlueskyError `missing-library` if kafkajs is not installed.
 */
export async function makeClient(
  { brokers, tls, sasl }: KafkaAccess,
  warn: (message: string) => void,
  sockets?: Sockets,
): Promise<KafkaJs.Kafka> {
  const kafkajs = await load()
  await knowSnappy(kafkajs)
  const config: KafkaConfig = {
    clientId: 'prompt-papermill',
    brokers: [...brokers],
    ssl: tls,
    ...(sasl ? { sasl: sasl as SASLOptions } : {}),
    ...(sockets ? { socketFactory: sockets.factory } : {}),
    retry,
    logLevel: kafkajs.logLevel.ERROR,
    logCreator:
      () =>
      ({ log }) =>
        warn(`${log.message}${typeof log.error === 'string' ? `: ${log.error}` : ''}`),
  }
  return new kafkajs.Kafka(config)
}

/** What a consumer wants to know of its source. */
export interface ConsumerCircumstances {
  readonly sockets: Sockets
  /** Told what kafkajs says. */
  readonly warn: (message: string) => void
  /** Whether it is still to go on after a failure. */
  readonly isWanted: () => boolean
}

/**
 * A consumer of kafkajs, set up; it is not connected yet.
 *
 * @throws BlueskyError `missing-library` if kafkajs is not installed.
 */
export async function makeConsumer(
  options: KafkaOptionsWithDefaults,
  { sockets, warn, isWanted }: ConsumerCircumstances,
): Promise<Consumer> {
  const client = await makeClient(options, warn, sockets)
  const consumer: ConsumerConfig = {
    groupId: options.group,
    sessionTimeout: options.sessionTimeout,
    heartbeatInterval: Math.ceil(options.sessionTimeout / 4),
    // messages are taken in as they come; the last moments of a run should not wait for more of them
    maxWaitTimeInMs: 100,
    retry: { ...retry, restartOnFailure: () => Promise.resolve(isWanted()) },
  }
  return client.consumer(consumer)
}

async function load(): Promise<typeof KafkaJs> {
  try {
    // a CommonJS package: what it exports is its default too
    const loaded = (await import('kafkajs')) as typeof KafkaJs & {
      default?: typeof KafkaJs
    }
    return loaded.default ?? loaded
  } catch (cause) {
    throw new BlueskyError(
      'missing-library',
      'Kafka is read with kafkajs, which is not installed: npm install kafkajs kafkajs-snappy',
      { cause },
    )
  }
}

/** NSLS-II compresses with snappy, for which kafkajs wants a package of its own. */
async function knowSnappy({ CompressionCodecs, CompressionTypes }: typeof KafkaJs): Promise<void> {
  try {
    // it comes without types
    const name: string = 'kafkajs-snappy'
    const { default: codec } = (await import(name)) as { default: unknown }
    CompressionCodecs[CompressionTypes.Snappy] = codec as () => unknown
  } catch {
    // without it kafkajs itself says what is missing, for the first message that needs it
  }
}
